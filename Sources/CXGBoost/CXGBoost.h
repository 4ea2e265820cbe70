// Of <omp.h>, which only the compiler has; OpenMP 4.5, section 3.2.1: threads that the calling thread may start.
void omp_set_num_threads(int count);
#include <xgboost/c_api.h>
