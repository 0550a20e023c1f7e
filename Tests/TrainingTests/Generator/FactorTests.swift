import Foundation
import TensorCore
import Testing

@testable import Training

@Suite("Factors of renderings")
struct FactorTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test("a table with commas tells pictures by name, words are categories, seeds are left out")
  func textTable() throws {
    let path = try workspace.write(
      "file,seed,smile,hair\n7.jpg,1,0.5,long\n8.jpg,2,0.25,short\n", to: "f.csv")
    let table = try FactorTable(contentsOf: path)
    #expect(table.pictureNames == ["7.jpg", "8.jpg"])
    #expect(table.columns.map(\.name) == ["smile", "hair"])
    #expect(table.columns[1].categories == ["long", "short"])
    #expect(table.rows == [[0.5, 0], [0.25, 1]])
  }

  @Test("columns name=value become one column of categories; others are numbers then")
  func indicators() throws {
    let path = try workspace.write(
      "a,hair=x,hair=y,hair=z\n1,0,1,0\n2,0,0,1\n3,1,0,0\n", to: "f.csv")
    let table = try FactorTable(contentsOf: path)
    #expect(table.columns.map(\.name) == ["a", "hair"])
    #expect(table.columns.map(\.isNominal) == [false, true])
    #expect(table.columns[1].categories == ["x", "y", "z"])
    #expect(table.rows.map { $0[1] } == [1, 2, 0])
  }

  @Test(
    "a table that cannot be used is refused with its line",
    arguments: [
      ("a,b\n1\n", "line 2 has 1 values, the first line 2 names"),
      ("a\ninf\n", "'a' in row 0 is not a finite number"),
      ("seed\n4\n", "it holds no factors"),
    ])
  func badTable(text: String, reason: String) throws {
    let path = try workspace.write(text, to: "f.csv")
    #expect(throws: TrainingError.badFactors(path: path, reason: reason)) {
      try FactorTable(contentsOf: path)
    }
    #expect(
      TrainingError.badFactors(path: "f.csv", reason: reason).text
        == "f.csv: \(reason); correct or export it again")
  }

  @Test("quantiles are the inverse of the distribution function")
  func quantiles() {
    for x in stride(from: -4.5, through: 4.5, by: 0.3) {
      let back = NormalDistribution.quantile(NormalDistribution.cumulative(x))
      #expect(abs(back - x) < 1e-9, "\(x): \(back)")
    }
  }

  @Test("offsets make categories as frequent as they were")
  func offsets() {
    let shares = [0.6, 0.25, 0.1, 0.05]
    let offsets = FactorLatents.offsets(shares)
    var random = RandomSource(seed: 3)
    var counts = [0, 0, 0, 0]
    let total = 40_000
    for _ in 0..<total {
      let numbers = random.normals(4)
      counts[
        (0..<4).max { Double(numbers[$0]) + offsets[$0] < Double(numbers[$1]) + offsets[$1] } ?? 0] +=
        1
    }
    for (count, share) in zip(counts, shares) {
      // Four standard deviations of the count.
      let deviation = (share * (1 - share) * Double(total)).squareRoot()
      #expect(abs(Double(count) - share * Double(total)) < 4 * deviation)
    }
  }

  @Test("latent vectors of all pictures are standard normal, also where values repeat")
  func latents() throws {
    var random = RandomSource(seed: 8)
    let rows = (0..<3000).map { _ -> [Float] in
      let share = random.uniform()
      return [
        share * share, share < 0.7 ? 0 : random.uniform(), Float(min(2, Int(share * 4))), 5,
      ]
    }
    let table = FactorTable(
      columns: [.init("skewed"), .init("often 0"), .init("kind", isNominal: true), .init("same")],
      rows: rows)
    let latents = try FactorLatents(fitting: table)
    #expect(latents.names == ["skewed", "often 0", "kind=0", "kind=1", "kind=2"])
    #expect(latents.factorCount == 5 && latents.inputSize % 16 == 0)
    let factors = latents.factors(of: rows, &random)
    let mean = factors.mean(axes: [0])
    let variance = factors.squared().mean(axes: [0])
    for index in 0..<5 {
      #expect(abs(mean.pointer[index]) < 0.08, "\(latents.names[index]): \(mean)")
      #expect(abs(variance.pointer[index] - 1) < 0.12, "\(latents.names[index]): \(variance)")
    }
    let vectors = latents.withBallast(factors.slice(0..<50, axis: 0))
    for length in vectors.squared().sum(axes: [1]).values {
      #expect(abs(length - Float(latents.inputSize)) < 1e-2)
    }
  }

  @Test("canonical vectors of numbers are their ranks' quantiles")
  func canonical() throws {
    let rows = (0..<9).map { [Float($0 * $0)] }
    let latents = try FactorLatents(fitting: FactorTable(columns: [.init("a")], rows: rows))
    var random = RandomSource(seed: 1)
    let factors = latents.factors(of: rows, isCanonical: true, &random).values
    for (index, value) in factors.enumerated() {
      let expected = NormalDistribution.quantile((Double(index) + 0.5) / 9)
      #expect(abs(Double(value) - expected) < 1e-5)
    }
  }

  @Test("canonical vectors of categories are the means of their vectors")
  func canonicalCategories() throws {
    let counts = [12, 5, 2, 1]
    let rows = counts.enumerated().flatMap { kind, count in
      [[Float]](repeating: [Float(kind)], count: count)
    }
    let latents = try FactorLatents(
      fitting: FactorTable(columns: [.init("kind", isNominal: true)], rows: rows))
    var random = RandomSource(seed: 4)
    let drawn = 4000
    for kind in counts.indices {
      let row = [Float(kind)]
      let mean = latents.factors(of: [row], isCanonical: true, &random).values
      let many = latents.factors(of: [[Float]](repeating: row, count: drawn), &random)
      // Four and a half standard deviations of a mean of numbers of variance 1 at most.
      for (exact, sampled) in zip(mean, many.mean(axes: [0]).values) {
        #expect(abs(exact - sampled) < 4.5 / Float(drawn).squareRoot(), "category \(kind)")
      }
    }
  }

  @Test("values without a name are written with six digits, as the PyTorch trainer does")
  func numbers() {
    let values: [Float] = [0, 1, 1 / 6, 0.5959596, -2.5, 100, 1234.5678, 0.0625, 0.004]
    #expect(
      values.map(FactorLatents.text)
        == ["0", "1", "0.166667", "0.59596", "-2.5", "100", "1234.57", "0.0625", "0.004"])
  }

  @Test("a few values that repeat are categories unless the file says otherwise")
  func categories() throws {
    let rows = (0..<20).map { [Float($0 % 4) / 3, Float($0)] }
    let latents = try FactorLatents(
      fitting: FactorTable(columns: [.init("a"), .init("b")], rows: rows))
    #expect(latents.names == ["a=0", "a=0.333333", "a=0.666667", "a=1", "b"])
    let numbers = try FactorLatents(
      fitting: FactorTable(columns: [.init("a", isNominal: false)], rows: rows.map { [$0[0]] }))
    #expect(numbers.names == ["a"])
  }

  // MARK: Archives

  private func archive(_ files: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, content) in files {
      var header = [UInt8](repeating: 0, count: 512)
      header.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
      header.replaceSubrange(257..<262, with: Array("ustar".utf8))
      let size = Array(String(content.count, radix: 8).utf8)
      header.replaceSubrange(124..<135, with: [UInt8](repeating: 48, count: 11 - size.count) + size)
      header[156] = 48
      let sum = header.reduce(0) { $0 + Int($1) } + 8 * 32
      let digits = Array(String(sum, radix: 8).utf8)
      header.replaceSubrange(
        148..<154, with: [UInt8](repeating: 48, count: 6 - digits.count) + digits)
      header[155] = 32
      bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = workspace.file(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("files of an archive are found, the mask beside its picture")
  func tar() throws {
    let bytes = archive([("000007.jpg", [1, 2, 3]), ("000007.png", [4]), ("x.txt", [5])])
    let path = try write(bytes, "a.tar")
    let members = try TarArchive(contentsOf: path).members
    #expect(members.map(\.name) == ["000007.jpg", "000007.png", "x.txt"])
    #expect(members.map(\.bytes.array) == [[1, 2, 3], [4], [5]])
    let items = try PictureFiles(pictures: workspace.path).items
    #expect(items.count == 1 && items[0].number == 7)
    #expect(
      items[0].picture.name.hasSuffix(".jpg") && items[0].mask?.name.hasSuffix(".png") == true)
  }

  @Test("archives that end early or have damaged headers are refused, whatever the damage")
  func damagedTar() throws {
    let bytes = archive([("a.jpg", [UInt8](repeating: 9, count: 700)), ("b.jpg", [1])])
    for length in [100, 512, 600, 1000, 1600] {
      let path = try write(Array(bytes[..<length]), "short.tar")
      #expect(throws: TrainingError.self) { try TarArchive(contentsOf: path) }
    }
    var random = RandomSource(seed: 5)
    for _ in 0..<300 {
      var changed = bytes
      for _ in 0..<3 {
        changed[Int(random.next() % 600)] = UInt8(truncatingIfNeeded: random.next())
      }
      let path = try write(changed, "damaged.tar")
      _ = try? TarArchive(contentsOf: path)
    }
    var size = bytes
    size.replaceSubrange(124..<135, with: Array("77777777777".utf8))
    let path = try write(size, "size.tar")
    #expect(throws: TrainingError.self) { try TarArchive(contentsOf: path) }
  }
}
