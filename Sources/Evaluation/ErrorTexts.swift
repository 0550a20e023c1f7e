#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EvaluationError: LocalizedError, CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .pictureTooSmall(let measure, let minimum, let height, let width):
      "\(measure) needs pictures of at least \(minimum)x\(minimum) pixels, got \(width)x\(height); "
        + "use larger pictures or leave this measure out"
    case .unknownLabel(let label, let classCount, let pixel):
      "label \(label) at pixel \(pixel) is not one of the \(classCount) classes (0...\(classCount - 1)); "
        + "use a mask of the same domain"
    case .tooFewSamples(let measure, let minimum, let actual):
      "\(measure) needs at least \(minimum) samples, got \(actual)"
    case .featureLengthMismatch(let first, let second):
      "features of length \(first) cannot be compared with features of length \(second); "
        + "compute both with the same network"
    case .notFinite(let measure):
      "\(measure): a feature is not a finite number; check the pictures and the weights"
    }
  }

  /// The same text, for `localizedDescription`.
  public var errorDescription: String? { description }
}
