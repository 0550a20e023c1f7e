import Networks
import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much the members of a segmentation branch disagree about a picture: where they do, a new
/// label teaches most (DatasetGAN, section 3.3).
public struct EnsembleDisagreement {
  private let members: [SegmentationBranch]
  private let classCount: Int

  /// The disagreement of a branch; that of a single member is 0 everywhere.
  public init(_ branch: SegmentationBranch) {
    members = branch.members.map {
      SegmentationBranch(
        members: [$0], featureChannels: branch.featureChannels, resolution: branch.resolution,
        includesConstant: branch.includesConstant)
    }
    classCount = branch.classCount
  }

  /// The Jensen-Shannon divergence of the members' class probabilities at every pixel, row by row,
  /// in nats: the entropy of the mean less the mean of the entropies.
  public func divergence(_ features: [FeatureMap]) -> [Float] {
    Self.divergence(members.map { $0.scores(features) })
  }

  /// The divergence of class scores `[K, P]`, one tensor for each member.
  static func divergence(_ scores: [Tensor]) -> [Float] {
    let (classes, pixels) = (scores[0].shape[0], scores[0].shape[1])
    let share = 1 / Double(scores.count)
    let result = Tensor.zeros([pixels])
    Parallel.forRanges(pixels, grain: 1024) { range in
      var mean = [Double](repeating: 0, count: classes)
      var own = mean
      for pixel in range {
        for k in 0..<classes { mean[k] = 0 }
        var entropies = 0.0
        for member in scores {
          var largest = -Double.infinity
          for k in 0..<classes {
            own[k] = Double(member.pointer[k * pixels + pixel])
            largest = max(largest, own[k])
          }
          var total = 0.0
          for k in 0..<classes {
            own[k] = exp(own[k] - largest)
            total += own[k]
          }
          for k in 0..<classes {
            let probability = own[k] / total
            mean[k] += share * probability
            if probability > 0 { entropies -= share * probability * log(probability) }
          }
        }
        var entropy = 0.0
        for k in 0..<classes where mean[k] > 0 { entropy -= mean[k] * log(mean[k]) }
        result.pointer[pixel] = Float(max(0, entropy - entropies))
      }
    }
    return result.values
  }

  /// The score of a picture: the mean of the highest tenth of its divergences, so that a small part
  /// that nobody knows is not outvoted by the background.
  public static func score(_ divergence: [Float]) -> Double {
    let count = max(1, divergence.count / 10)
    let highest = divergence.sorted(by: >).prefix(count)
    return highest.reduce(0) { $0 + Double($1) } / Double(max(highest.count, 1))
  }
}
