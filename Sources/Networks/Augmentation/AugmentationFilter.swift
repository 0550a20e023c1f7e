import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension AdaptiveAugmentation {
  /// Share of the power of a natural picture in each of the four bands, spectrum 1/f.
  private static let bandPower: [Double] = [10.0 / 13, 1.0 / 13, 1.0 / 13, 1.0 / 13]

  /// The gains of the four frequency bands; each drawn gain is normalised so that the power that a
  /// natural picture is expected to have stays.
  func bandGains(_ draws: inout AugmentationDraws) -> [Double] {
    var gains = [Double](repeating: 1, count: 4)
    for band in 0..<4 where filterBands > 0 {
      let drawn = exp2(draws.normal())
      guard draws.happens(filterBands * probability) else { continue }
      var factors = [Double](repeating: 1, count: 4)
      factors[band] = drawn
      let power = zip(Self.bandPower, factors).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
      for index in 0..<4 { gains[index] *= factors[index] / power.squareRoot() }
    }
    return gains
  }

  /// Pictures `[N, C, H, W]` with each band amplified by the picture's own gain.
  func filtered(_ pictures: Tensor, _ gains: [[Double]]) -> Tensor {
    guard gains.contains(where: { $0 != [1, 1, 1, 1] }) else { return pictures }
    let parts = gains.enumerated().map { index, gain in
      let taps = (0..<Self.filterBank[0].count).map { tap in
        (0..<4).reduce(0) { $0 + gain[$1] * Self.filterBank[$1][tap] }
      }
      return pictures.slice(index..<index + 1, axis: 0).resampled(
        by: PlaneMap(
          rows: .filter(pictures.shape[2], taps), columns: .filter(pictures.shape[3], taps)))
    }
    return Tensor.concatenated(parts, axis: 0)
  }

  /// Four band-pass filters of 43 taps that sum up to an impulse, lowest band first: Daubechies'
  /// wavelet with two vanishing moments, forwards and backwards, dilated three times.
  static let filterBank: [[Double]] = {
    let low = [
      -0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025,
    ]
    let high = low.enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
    let smooth = convolution(low, low.reversed()).map { $0 / 2 }
    let detail = convolution(high, high.reversed()).map { $0 / 2 }
    var bank: [[Double]] = [[1], [0], [0], [0]]
    for level in 1..<4 {
      bank = bank.map { row in
        let dilated: [Double] = row.flatMap { [$0, 0] }.dropLast()
        return convolution(Array(dilated), smooth)
      }
      let start = (bank[level].count - detail.count) / 2
      for (index, tap) in detail.enumerated() { bank[level][start + index] += tap }
    }
    return bank
  }()
}

private func convolution(_ a: [Double], _ b: [Double]) -> [Double] {
  var result = [Double](repeating: 0, count: a.count + b.count - 1)
  for (i, x) in a.enumerated() {
    for (j, y) in b.enumerated() { result[i + j] += x * y }
  }
  return result
}

extension AxisMap {
  /// A centred filter along an axis that reflects at its ends.
  fileprivate static func filter(_ count: Int, _ taps: [Double]) -> AxisMap {
    AxisMap(
      inputCount: count,
      rows: (0..<count).map { position in
        taps.enumerated().map { tap, weight in
          (index: reflected(position + tap - taps.count / 2, in: count), weight: weight)
        }
      })
  }
}
