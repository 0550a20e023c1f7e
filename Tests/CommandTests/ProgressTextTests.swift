import Editing
import Testing

@testable import Commands

/// The line that shows progress, and numbers for people.
struct ProgressTextTests {
  @Test func halfWay() {
    let line = ProgressText.line(
      label: "editing a.jpg", step: 50, steps: 100, elapsed: 10, columns: 80)
    #expect(line == "editing a.jpg  [==============>             ]   50/100  10 s left")
  }

  @Test func end() {
    let line = ProgressText.line(label: "x", step: 7, steps: 7, elapsed: 1, columns: 80)
    #expect(line == "x  [============================]  7/7  0 s left")
  }

  @Test func batch() {
    var progress = BatchProgress(total: 1000)
    progress.made = 380
    progress.skipped = 20
    progress.failed = 2
    progress.seconds = 20
    #expect(progress.rate == 19)
    #expect(
      ProgressText.line(of: progress, columns: 80)
        == " 402/1000  [===========>                ]  19.0 photos/s  32 s left  2 failed")
    for columns in 1...120 {
      #expect(ProgressText.line(of: progress, columns: columns).count < max(columns, 2))
    }
    #expect(
      ProgressText.line(of: BatchProgress(total: 3), columns: 80)
        == "0/3  [>                           ]  0.0 photos/s")
  }

  @Test(arguments: 1...120)
  func fits(columns: Int) {
    for step in [0, 1, 37, 250] {
      let line = ProgressText.line(
        label: "embedding a-photo-with-a-long-name.jpeg", step: step, steps: 250, elapsed: 12,
        columns: columns)
      #expect(line.count < max(columns, 1))
    }
  }

  @Test(arguments: [
    (0.2, "1 s left"), (59, "59 s left"), (61, "1 min 1 s left"), (3725, "1 h 2 min left"),
    (.infinity, "0 s left"),
  ])
  func remaining(_ seconds: Double, _ text: String) {
    #expect(ProgressText.remaining(seconds) == text)
  }

  @Test(arguments: [
    (3.14159, 2, "3.14"), (-0.001, 2, "0.00"), (-2.5, 1, "-2.5"), (2.999, 1, "3.0"),
    (7.0, 0, "7"), (.nan, 1, "nan"), (0.05, 2, "0.05"),
  ])
  func decimals(_ value: Double, _ count: Int, _ expected: String) {
    #expect(text(value, decimals: count) == expected)
  }
}
