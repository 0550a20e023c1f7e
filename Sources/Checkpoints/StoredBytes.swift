extension CheckpointTensor {
  /// Calls `body` with the bytes that the tensor's elements lie in, as the file has them; valid only
  /// during the call. Strided views see their whole storage.
  public func withStoredBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes(body)
  }

  /// Lets the part of a memory-mapped file that holds the tensor leave memory, after it was converted;
  /// it is read again when that is needed.
  public func releasePages() { storage.releasePages() }
}
