private import Glibc

/// Takes the numbers of standard channels that were closed when the program was started: the next file to be opened would
/// get one of them, and what is said to people would be written into it.
func holdStandardDescriptors() {
    for descriptor in 0 ... 2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest that is free: this one. Where not even this can be opened, nothing else will be.
        _ = unsafe open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
    }
}
