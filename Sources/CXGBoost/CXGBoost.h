#include <xgboost/c_api.h>

/// How many threads OpenMP, and with it XGBoost where it was not told, starts from the calling thread.
/// Declared here because only the compiler's own `omp.h` has it; source: OpenMP 4.5, 3.2.1.
void omp_set_num_threads(int count);
