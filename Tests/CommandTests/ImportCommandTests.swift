import Checkpoints
import Editing
import Foundation
import Pictures
import Testing

/// `semblance import` and `semblance models show` through the built program.
struct ImportCommandTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  /// Runs the program and expects success.
  private func succeed(_ arguments: String...) throws {
    let run = try SemblanceBinary.run(arguments, in: work.folder)
    #expect(run.exitCode == 0, "\(arguments): \(run.errors)")
  }

  @Test(arguments: [
    "rosinality_g32/converted_zip.pt", "sg2ada_g32/network-snapshot-000000.pkl",
    "tf_stylegan2_g16/stylegan2-tiny-config-f.pkl",
  ])
  func importedGeneratorDrawsPictures(name: String) throws {
    try succeed("import", Workspace.fixture(name), "-o", "my.safetensors")
    try succeed("sample", "--model", "my.safetensors", "--seed", "5", "-o", "out.png")
    #expect(try work.bytes("out.png").count > 100)
  }

  @Test func importedModelEmbedsSegmentsEditsAndApplies() throws {
    try work.writeClassifier(to: "a.safetensors")
    try work.writeClasses()
    try succeed(
      "import", Workspace.fixture("rosinality_g32/converted_zip.pt"), "a.safetensors",
      "a.safetensors",
      "--classes", "parts.json", "--picture-size", "32x24", "-o", "my.safetensors")
    try succeed(
      "sample", "--model", "my.safetensors", "--seed", "5", "--masks", "--codes", "-o", "made/")
    try succeed(
      "embed", "made/seed5.png", "-o", "photo.code", "--steps", "2", "--model", "my.safetensors")
    try succeed("segment", "photo.code", "-o", "own.png", "--model", "my.safetensors")
    let model = try ModelLibrary().model(named: work.path("my.safetensors"))
    #expect(model.palette.names == ["road", "body", "wheel", "window", "light", "plate"])
    var mask = try LabelMap(contentsOf: work.path("own.png"), palette: model.palette)
    #expect(mask.width == 32 && mask.height == 24)
    for y in 4..<14 {
      for x in 6..<20 { mask[x, y] = (mask[x, y] + 1) % 6 }
    }
    try mask.write(to: work.path("new.png"), palette: model.palette)
    try succeed(
      "edit", "photo.code", "--mask", "new.png", "-o", "out.png", "--steps", "2", "--model",
      "my.safetensors", "--save-vector", "./change.safetensors")
    try succeed(
      "apply", "./change.safetensors", "photo.code", "-o", "applied.png", "--model",
      "my.safetensors", "--refine", "1")
    #expect(try Picture(contentsOf: work.path("applied.png")).height == 24)
  }

  @Test func partsThatDoNotFitLeaveNothing() throws {
    let classifier = Workspace.fixture("editgan_classifier/car_model_6class_zip.pth")
    let run = try work.semblance(
      "import", Workspace.fixture("rosinality_g32/converted_zip.pt"), classifier, "-o",
      "my.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors == "semblance: the files do not make one model: the classifier reads 24 features, "
        + "the generator has 192, or 224 with its constant\n")
    #expect(work.added.isEmpty)
  }

  @Test func missingTensorsAreRefusedUnlessAllowed() throws {
    var tensors = try Checkpoint(contentsOf: Workspace.fixture("rosinality_g32/converted_zip.pt"))
      .tensors
    tensors["g_ema.to_rgb1.bias"] = nil
    tensors["g_ema.more"] = CheckpointTensor(floats: [1], shape: [1])
    try SafetensorsWriter.write(tensors, to: work.path("cut.safetensors"))
    let run = try work.semblance("import", "cut.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "semblance: cut.safetensors is not complete or not of the expected architecture: "
        + "1 tensors are missing ('g_ema.to_rgb1.bias'), 1 tensors are of no use ('g_ema.more'); "
        + "--allow-missing --ignore-unused imports the rest\n")
    let allowed = try work.semblance(
      "import", "cut.safetensors", "--allow-missing", "--ignore-unused")
    #expect(allowed.exitCode == 0)
    #expect(
      allowed.errors == """
        warning: cut.safetensors: 1 tensor is missing: 'g_ema.to_rgb1.bias'
        warning: cut.safetensors: 1 tensor is of no use: 'g_ema.more'

        """)
  }

  @Test func importsGeneratorWithClassifiers() throws {
    let generator = Workspace.fixture("rosinality_g32/converted_zip.pt")
    let classifier = "classifier.safetensors"
    try work.writeClassifier(to: classifier)
    try work.writeClasses()
    let run = try work.semblance(
      "import", generator, classifier, classifier, "--classes", "parts.json", "-o",
      "my.safetensors")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    #expect(
      run.output == """
        \(generator): PyTorch archive, StyleGAN2 generator of rosinality's stylegan2-pytorch, \
        32x32 pixels, 8 rows of 32, 0.1 million parameters
        \(classifier): safetensors, pixel classifier of EditGAN, 6 classes, 0.0 million parameters
          licence: weights published with EditGAN are under an NVIDIA licence for non-commercial use
        \(classifier): safetensors, pixel classifier of EditGAN, 6 classes, 0.0 million parameters
          licence: weights published with EditGAN are under an NVIDIA licence for non-commercial use
        my.safetensors: 80 tensors, 0.1 million parameters

        """)
    let file = try SafetensorsFile(contentsOf: work.path("my.safetensors"))
    #expect(file.tensors["segmentation.1.fc0.weight"]?.shape == [128, 224])
    #expect(file.metadata["classes"]?.contains(#"{"color":[200,10,20],"name":"plate"}"#) == true)
  }

  @Test func tellsWhatItFoundWithoutOutput() throws {
    let pickle = Workspace.fixture("sg2ada_g32/network-snapshot-000000.pkl")
    let run = try work.semblance("import", pickle, "--json")
    #expect(run.exitCode == 0)
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let file = try #require((result["files"] as? [[String: Any]])?.first)
    #expect(file["kind"] as? String == "stylegan2-ada")
    #expect(file["tensors"] as? Int == 87)
    #expect(result["output"] == nil)
    #expect(work.added.isEmpty)
  }

  @Test func refusesUnsafeFilesAndLeavesNothing() throws {
    let pickle = Workspace.fixture("negative/pickle_global_eval.pkl")
    let run = try work.semblance("import", pickle, "-o", "out.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors == "semblance: cannot import \(pickle): at byte 2 of its pickle, the import of "
        + "'builtins.eval' is refused: it is not among the names that checkpoints use, and nothing "
        + "in a file is ever executed\n")
    #expect(work.added.isEmpty)
  }

  @Test func samplesGeneratorsWithLabels() throws {
    try succeed(
      "import", Workspace.fixture("sg2ada_g16_cond_clamp_nhwc/network-snapshot-000000.pkl"), "-o",
      "c.safetensors")
    try succeed("sample", "--model", "c.safetensors", "--class", "1", "-o", "one.png")
    try succeed("sample", "--model", "c.safetensors", "--class", "2", "-o", "two.png")
    #expect(try work.bytes("one.png") != work.bytes("two.png"))
    // Without --class each picture has a label of its own, which the report tells.
    let run = try work.semblance(
      "sample", "--model", "c.safetensors", "--count", "8", "-o", "made/", "--json")
    let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let labels = try #require(report?["results"] as? [[String: Any]]).map { $0["label"] as? Int }
    #expect(labels.allSatisfy { $0 != nil } && Set(labels).count > 1)
    let wrong = try work.semblance(
      "sample", "--model", "c.safetensors", "--class", "99", "-o", "a.png")
    #expect(
      wrong.exitCode == 1 && wrong.errors.contains("there is no label 99; give one from 0 to "))
    let none = try work.semblance("sample", "--class", "1", "-o", "a.png")
    #expect(none.errors.hasSuffix("this model was trained without labels; leave --class out\n"))
  }

  @Test func refusesWrongClassLists() throws {
    let classifier = Workspace.fixture("editgan_classifier/car_model_6class_zip.pth")
    for (text, reason) in [
      ("{}", "it is not a JSON list of {\"name\": ..., \"color\": [r, g, b]}"),
      (
        #"[{"name": "a", "color": [1, 2, 256]}]"#,
        "'a' has the colour [1, 2, 256], not three numbers of 0 to 255"
      ),
      (#"[{"name": "a", "color": [1, 2, 3]}]"#, "it has 1 classes, the segmentation 6"),
    ] {
      try work.write(Array(text.utf8), to: "parts.json")
      let run = try work.semblance(
        "import", classifier, "--classes", "parts.json", "-o", "out.safetensors")
      #expect(run.exitCode == 1)
      #expect(run.errors == "semblance: parts.json: no list of classes: \(reason)\n")
      #expect(work.added == ["parts.json"])
    }
  }

  @Test func refusesWrongCommandLines() throws {
    for arguments in [
      ["import"], ["import", "a.pt", "b.pt", "--kind", "rosinality"],
      ["import", "a.pt", "-o", "model.pt"], ["import", "a.pt", "--kind", "nothing"],
      ["import", "a.pt", "--classes", "c.json"], ["import", "a.pt", "--picture-size", "512"],
    ] {
      #expect(try SemblanceBinary.run(arguments, in: work.folder).exitCode == 64)
    }
    let run = try work.semblance("import", "no.pt")
    #expect(run.exitCode == 1)
    #expect(run.errors == "semblance: cannot read no.pt: no such file or directory\n")
  }

  @Test func showsTensors() throws {
    let run = try work.semblance(
      "models", "show", Workspace.fixture("formats/state_dict_legacy_py2.pth"))
    #expect(run.exitCode == 0)
    #expect(run.output.hasPrefix(Workspace.fixture("formats/state_dict_legacy_py2.pth")))
    #expect(
      run.output.contains(
        """
        : PyTorch legacy stream, 7 tensors, 0.0 million parameters
          F32  [3]           0.bias
          F32  [3, 2, 3, 3]  0.weight
          F32  [3]           1.bias
          I64  []            1.num_batches_tracked

        """))
  }
}
