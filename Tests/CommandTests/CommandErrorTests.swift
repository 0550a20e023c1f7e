import Testing

@testable import Commands

/// Every text of the module's errors, word for word.
struct CommandErrorTests {
  @Test(arguments: [
    (CommandError.interrupted(signal: 2, written: 0), "interrupted; nothing was written"),
    (.interrupted(signal: 2, written: 1), "interrupted; the first result is written"),
    (.interrupted(signal: 2, written: 3), "interrupted; the first 3 results are written"),
    (.noOutputFolder(path: "a/b.png", folder: "a"), "a/b.png: there is no folder a; make it first"),
    (
      .notWritable(path: "a.png", reason: "permission denied"),
      "a.png: cannot be written: permission denied"
    ),
    (.outputIsFolder(path: "a"), "a: this is a folder; give the name of a file in it"),
    (.outputIsFile(path: "a"), "a: this is a file; several results need a folder"),
    (
      .outputIsInput(path: "a"),
      "a: this is also an input, which is never overwritten; choose another output"
    ),
    (
      .sameOutput(path: "o/a.png", first: "a.jpg", second: "a.png"),
      "o/a.png: a.jpg and a.png would both be written here; rename one of them"
    ),
    (
      .folderNeeded(path: "a.png", results: 3),
      "a.png: 3 results need a folder; give one that exists or a name that ends in '/'"
    ),
    (.nothingListed, "standard input lists no files; give one path in a line"),
    (
      .batchInterrupted(signal: 15, done: 3, total: 8),
      "interrupted; 3 of 8 photos are done; run the same command again for the rest"
    ),
    (
      .sheetTooLong(count: 90, limit: 64),
      "a sheet shows 64 photos at most, these are 90; use --report instead"
    ),
    (.noMask(photo: "a.jpg", mask: "m.png"), "a.jpg has no repainted mask; it should be m.png"),
    (.nothingInFolder(path: "a", needed: "photo"), "a: there is no photo in this folder"),
    (.codeForPhoto(path: "a"), "a: this is a code already; give a photo"),
    (
      .unknownClasses(name: "x", known: ["coco", "faces"]),
      "there are no classes 'x'; give a .json file or one of coco, faces"
    ),
    (
      .classesDoNotFit(name: "coco", classes: 183, model: "m", channels: 5),
      "coco has 183 classes, but layouts for m have 5 channels: one for each class and perhaps one "
        + "for edges"
    ),
    (
      .noStyle(model: "m"),
      "m: this model has no style; leave --style, --seed, --count and --interpolate out"
    ),
    (
      .noStyleEncoder(model: "m"),
      "m: this model has no encoder of styles; give a seed instead of a photo"
    ),
    (
      .segmenterOfOtherClasses(segmenter: "s", classes: 2, model: "m", modelClasses: 3),
      "s reads 2 classes, m draws 3, and they are not the same; use a segmenter that was trained on "
        + "the model's classes"
    ),
    (.noInput(path: "a"), "a: no such file; check the path"),
    (
      .ambiguousVector(name: "x", domains: ["cars", "faces"], option: "--model"),
      "vector 'x' exists for cars and faces; choose with --model"
    ),
    (
      .noPhotoOfCode(path: "a"),
      "a: this code was not made from a photo, so there is no true size; leave --true-size out"
    ),
    (
      .codeOfOtherSize(path: "a", expected: [12, 64], actual: [3, 4]),
      "a: the code has size [3, 4], this model needs [12, 64]; embed the photo again"
    ),
    (.noLabels(model: "a"), "a: this model was trained without labels; leave --class out"),
    (
      .noSuchLabel(4, count: 4, model: "a"), "a: there is no label 4; give one from 0 to 3"
    ),
    (
      .noLabeledPictures(pictures: "a", masks: "b"),
      "a: no picture has a painted mask of the same name in b; paint some, or check both folders"
    ),
    (
      .maskExists(path: "a"),
      "a: this mask exists already and may be painted; choose another folder or other seeds"
    ),
    (
      .noClasses(model: "a"),
      "a: this model has no classes to paint with; give them with --classes"
    ),
    (
      .noEnsemble(model: "a"),
      "a: the branch has one member, which cannot disagree with others; train an ensemble with "
        + "'semblance train segmenter --members 4'"
    ),
  ])
  func texts(_ error: CommandError, _ text: String) {
    #expect(error.text == text)
    #expect(CommandLineProgram.text(of: error) == text)
  }

  @Test func oneLine() {
    #expect("a\u{1B}[2J\r\nb\u{7F}\u{9B}\u{2028}é".onOneLine == "a?[2J??b???é")
  }
}
