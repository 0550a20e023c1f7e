import ArgumentParser
import Testing

@testable import Commands

/// What command lines mean, and which are refused before anything is read.
struct ParsingTests {
  @Test func defaultsOfEdit() throws {
    let command = try parse(EditCommand.self, "edit", "a.jpg", "--mask", "m.png", "-o", "out.png")
    #expect(command.input == "a.jpg")
    #expect(command.steps == 100)
    #expect(command.strength == 1)
    #expect(command.dilate == 3)
    #expect(command.preserve == .reconstruction)
    #expect(command.photos.embedSteps == 100)
    #expect(!command.whole && !command.nearestClass && !command.photos.noCache)
    #expect(command.models.model == nil && command.general.threads == nil)
  }

  @Test func negativeNumbersAreValues() throws {
    let apply = try parse(
      ApplyCommand.self, "apply", "smile", "a.jpg", "-o", "b.png", "--strength", "-0.5")
    #expect(apply.edit.strength == -0.5)
    #expect(apply.vector.terms == [VectorExpression.Term(name: "smile")])
  }

  @Test(arguments: [
    (
      "edit a --mask m -o b.png --steps 0",
      "--steps is 0: give a number from 1 to 100000"
    ),
    (
      "edit a --mask m -o b.png --steps -5",
      "--steps is -5: give a number from 1 to 100000"
    ),
    (
      "edit a --mask m -o b.png --strength nan",
      "--strength is nan: give a finite number"
    ),
    (
      "edit a --mask m -o b.png --strength -inf",
      "--strength is -inf: give a finite number"
    ),
    (
      "edit a --mask m -o b.png --embed-steps -1",
      "--embed-steps is -1: give a number from 0 to 100000"
    ),
    (
      "edit a --mask m -o b.png --layout-model x",
      "--layout-model is for --initial spade; leave it out"
    ),
    (
      "edit a --mask m -o b.png --dilate -1",
      "--dilate is -1: give a number of pixels from 0 to 256"
    ),
    (
      "edit a --mask m -o b.gif",
      "--output: b.gif: unknown picture format; use a name that ends in .png, .jpg or .jpeg"
    ),
    (
      "edit a --mask m -o b.png --sheet b.png",
      "b.png is named as output twice; give each output a name of its own"
    ),
    (
      "edit a --mask m -o b.png --save-code b.txt",
      "--save-code: b.txt: use a name that ends in .code"
    ),
    (
      "edit a --mask m -o b.png --save-vector a/b",
      "--save-vector: a/b: use a name that ends in .safetensors"
    ),
    (
      "edit a --mask m -o b.png --save-vector a+b",
      "--save-vector: 'a+b' cannot be the name of a vector; use letters, digits, '-' and '_'"
    ),
    ("segment a.jpg -o m.jpg", "--output: m.jpg: use a name that ends in .png"),
    ("embed a.jpg -o a.png", "--output: a.png: use a name that ends in .code"),
    (
      "embed a.jpg -o a.code --steps 0",
      "--steps is 0: give a number from 1 to 100000, or take the encoder's code with --encoder-only"
    ),
    (
      "embed a.jpg -o a.code --threads 0",
      "--threads is 0: give a number from 1 to 1024"
    ),
    (
      "apply smile a.jpg -o b.png --strength inf",
      "--strength is inf: give a finite number"
    ),
    (
      "apply smile:1 a.jpg -o b.png --strength 2",
      "--strength has no effect when every vector has a strength of its own; leave one out"
    ),
    (
      "apply smile a.jpg -o b.png --refine -1",
      "--refine is -1: give a number of steps from 0 to 100000"
    ),
    (
      "apply smile a.code b.code -o out/ --photo a.jpg",
      "--photo belongs to one .code file; give one input and one output file"
    ),
    (
      "apply smile a.jpg -o b.png --shard 1/2",
      "--shard, --report, --jobs and --force are for several photos; give a folder as output, "
        + "as in -o out/"
    ),
    (
      "apply smile a b -o out/ --jobs 0",
      "--jobs is 0: give a number from 1 to 256"
    ),
    (
      "apply smile a b -o out/ --shard 3/2",
      "The value '3/2' is invalid for '--shard <i/n>': give i/n with i from 1 to n, as in 2/8"
    ),
    (
      "apply smile a b -o out/ --report r.txt",
      "--report: r.txt: use a name that ends in .html"
    ),
    (
      "apply smile a.jpg -o b.png --row-strength 0-3",
      "The value '0-3' is invalid for '--row-strength <rows:factor,...>': '0-3' is no "
        + "FIRST-LAST:FACTOR, as in 0-3:0.5"
    ),
    (
      "apply smile a.jpg -o b.png --rows 3-1",
      "The value '3-1' is invalid for '--rows <first-last>': give FIRST-LAST, as in 0-5"
    ),
    (
      "apply smile a.jpg -o b.png --region nose --whole",
      "--region says what is replaced, --whole replaces all; leave one out"
    ),
    (
      "edit a --mask m -o b.png --landmarks p.txt --crop none",
      "--landmarks says which part the model sees; leave --crop out"
    ),
    ("manifest merge a.jsonl -o b.txt", "--output: b.txt: use a name that ends in .jsonl"),
    ("sample -o a.png --count 0", "--count is 0: give a number from 1 to 10000"),
    (
      "sample -o a.png --truncation-psi nan",
      "--truncation-psi is nan: give a finite number"
    ),
    ("sample -o a.png --class -1", "--class is -1: give a number from 0"),
    ("sample -o a.png --grid --codes", "--codes needs a folder; leave --grid out"),
    (
      "sample -o a.png --seed 18446744073709551615",
      "--seed is 18446744073709551615: give a number below 18446744073709551614"
    ),
    ("evaluate editing pairs --limit -3", "--limit is -3: give a number from 1"),
    ("evaluate transfer smile pairs --limit 0", "--limit is 0: give a number from 1"),
    (
      "evaluate transfer smile pairs --refine -1",
      "--refine is -1: give a number of steps from 0 to 100000"
    ),
    (
      "evaluate embedding test --steps 0,,3",
      "--steps: '' is not a number from 0 to 100000"
    ),
    (
      "vector combine smile -o .hidden",
      "--output: '.hidden' cannot be the name of a vector; use letters, digits, '-' and '_'"
    ),
  ])
  func refused(_ line: String, _ message: String) throws {
    let error = try #require(throws: (any Error).self) {
      _ = try SemblanceCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }
    #expect(SemblanceCommand.exitCode(for: error) == .validationFailure)
    #expect(SemblanceCommand.message(for: error) == message)
  }

  @Test(arguments: [
    "edit a.jpg -o b.png", "edit --mask m.png -o b.png",
    "apply smile -o b.png", "embed -o a.code", "sample", "unknown",
    "edit a --mask m -o b.png --stepz 3",
    "edit a --mask m -o b.png --steps many",
    "edit a --mask m -o b.png --preserve nothing",
    "apply smile:big a.jpg -o b.png", "apply smile:nan a.jpg -o b.png",
    "apply smile a.jpg -o b.png --crop 1,2,3", "apply smile a.jpg -o b.png --crop 0,0,0,5",
    "apply smile++grin a.jpg -o b.png", "vector combine -o a",
  ])
  func usage(_ line: String) throws {
    let error = try #require(throws: (any Error).self) {
      _ = try SemblanceCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }
    #expect(SemblanceCommand.exitCode(for: error) == .validationFailure)
  }

  private func parse<Command>(_ type: Command.Type, _ arguments: String...) throws -> Command {
    try #require(try SemblanceCommand.parseAsRoot(arguments) as? Command)
  }
}

/// `smile:0.8+open-mouth:-0.3`.
struct VectorExpressionTests {
  @Test func terms() throws {
    let terms = try VectorExpression("smile:0.8+open-mouth:-0.3+grin").terms
    #expect(terms.map(\.name) == ["smile", "open-mouth", "grin"])
    #expect(terms.map(\.strength) == [0.8, -0.3, nil])
  }

  @Test func pathsWithStrength() throws {
    let terms = try VectorExpression("./some/grin.safetensors:2").terms
    #expect(terms.map(\.name) == ["./some/grin.safetensors"])
    #expect(terms.map(\.strength) == [2])
  }

  @Test(arguments: ["", ":1", "smile:", "smile:x", "smile:nan", "smile:inf", "+", "smile+"])
  func refused(_ text: String) {
    #expect(throws: ValidationError.self) { try VectorExpression(text) }
  }
}
