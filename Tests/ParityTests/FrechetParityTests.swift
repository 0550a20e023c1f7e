import Evaluation
import Foundation
import TensorCore
import TestSupport
import Testing

/// Numbers of pytorch-fid and of the statistics of stylegan2-ada-pytorch, in double precision.
@Suite("Fréchet distance of the references")
struct FrechetParityTests {
  private let data: Data
  private let header: [String: Entry]

  private struct Entry: Decodable {
    let type: String
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case offsets = "data_offsets"
    }
  }

  /// Reads the safetensors file itself, because `Fixture` rounds to single precision.
  init() throws {
    let path = fixturesFolder(of: #filePath) + "/frechet/io.safetensors"
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try JSONDecoder().decode([String: Entry].self, from: file[8..<8 + length])
    data = file.dropFirst(8 + length)
  }

  private func doubles(_ name: String) throws -> [Double] {
    let entry = try #require(header[name])
    try #require(entry.type == "F64")
    let bytes = data.dropFirst(entry.offsets[0]).prefix(
      entry.offsets[1] - entry.offsets[0])
    return Array(bytes).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  private func statistics(_ set: String) throws -> FeatureStatistics {
    let features = try doubles("\(set).features")
    var result = FeatureStatistics(length: 16)
    for row in 0..<features.count / 16 {
      result.add(vector: Array(features[row * 16..<(row + 1) * 16]))
    }
    return result
  }

  @Test(arguments: ["A", "B", "rank_deficient"])
  func moments(set: String) throws {
    let statistics = try statistics(set)
    for (value, expected) in zip(statistics.mean, try doubles("\(set).mu")) {
      #expect(abs(value - expected) < 1e-12)
    }
    for (normalization, name) in [
      (FeatureStatistics.Normalization.unbiased, "sigma_unbiased"),
      (.biased, "sigma_biased_nvidia"),
    ] {
      let covariance = try statistics.covariance(normalization)
      for (value, expected) in zip(covariance, try doubles("\(set).\(name)")) {
        #expect(abs(value - expected) < 1e-12)
      }
    }
  }

  @Test(arguments: [("A", "A"), ("A", "B"), ("A", "rank_deficient")])
  func distances(first: String, second: String) throws {
    let (a, b) = (
      try GaussianFit(try statistics(first)), try GaussianFit(try statistics(second))
    )
    let expected = try doubles("fid.\(first).\(second)")[0]
    let tolerance =
      first == second ? 1e-9 : expected * (second == "rank_deficient" ? 1e-4 : 1e-6)
    for distance in [try a.frechetDistance(to: b), try b.frechetDistance(to: a)] {
      #expect(abs(distance - expected) <= tolerance, "\(distance), expected \(expected)")
    }
  }
}
