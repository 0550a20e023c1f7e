#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory of processes as the operating system counts it.
enum ProcessMemory {
  /// The largest resident memory of this process so far, in bytes.
  static var peakResidentBytes: Int {
    var usage = rusage()
    #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
    getrusage(RUSAGE_SELF, &usage)
    #endif
    return bytes(of: usage)
  }

  /// The largest resident memory that a process reported.
  static func bytes(of usage: rusage) -> Int {
    #if canImport(Darwin)
    Int(usage.ru_maxrss)
    #else
    Int(usage.ru_maxrss) * 1024
    #endif
  }
}
