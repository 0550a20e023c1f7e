#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread with a stack as large as the main thread's, for work that a whole command does.
struct WorkerThread {
  private static let stackBytes = 8 << 20
  private let handle: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts `body`; nil when the system has no thread left.
  init?(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    let context = Unmanaged.passRetained(Body(body))
    #if canImport(Glibc)
    var handle = pthread_t()
    let status = pthread_create(
      &handle, &attributes,
      { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    #else
    var created: pthread_t?
    let status = pthread_create(
      &created, &attributes,
      { context in
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard let handle = created else {
      context.release()
      return nil
    }
    #endif
    guard status == 0 else {
      context.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits until the body has ended.
  func join() { pthread_join(handle, nil) }
}
