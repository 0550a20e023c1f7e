import Checkpoints
import Networks
import Testing

@Suite("Messages about models")
struct ModelErrorTests {
  @Test("every message, word for word")
  func texts() {
    let expected: [(ModelError, String)] = [
      (
        .missingTensor(path: "m", name: "synthesis.b8.conv0.weight", expected: [nil, 512, 3, 3]),
        "m has no tensor 'synthesis.b8.conv0.weight' of shape [_, 512, 3, 3]; is it a model of "
          + "another kind, or was it cut when it was exported?"
      ),
      (
        .wrongShape(path: "m", name: "a", expected: [nil, 3], actual: [2]),
        "m: tensor 'a' has shape [2], expected [_, 3]; export the model again"
      ),
      (
        .surplusTensors(path: "m", names: ["a"]),
        "m has 1 tensor that no part of the model uses: 'a'; remove them or convert the file with "
          + "'semblance import'"
      ),
      (
        .surplusTensors(path: "m", names: ["a", "b", "c", "d", "e"]),
        "m has 5 tensors that no part of the model uses: 'a', 'b', 'c' and 2 more; remove them or "
          + "convert the file with 'semblance import'"
      ),
      (
        .notFinite(path: "m", name: "a", element: 7),
        "m: element 7 of tensor 'a' is infinite or not a number; the training that wrote it has "
          + "failed, use an earlier snapshot"
      ),
      (
        .unreadableTensor(path: "m", name: "a", .notConvertible(.c64)),
        "m: tensor 'a': elements of type C64 cannot be converted to float; save the tensor as F32"
      ),
      (
        .filterMismatch(path: "m", name: "a.resample_filter"),
        "m: the filter 'a.resample_filter' differs from 'resample_filter' of the file's "
          + "configuration; correct the configuration"
      ),
      (
        .invalidConfiguration(path: "m", reason: "it is not a JSON object"),
        "m: the metadata 'config' is not usable: it is not a JSON object"
      ),
      (
        .unsupportedConfiguration(
          path: "m", key: "architecture", value: "'resnet'", supported: "'skip'"),
        "m: 'architecture' is 'resnet' in the metadata 'config'; supported: 'skip'"
      ),
      (
        .configurationMismatch(path: "m", key: "z_dim", stated: 512, found: 256),
        "m: 'z_dim' is 512 in the metadata 'config', the tensors say 256"
      ),
      (.badClassList(path: "c", reason: "it is empty"), "c: no list of classes: it is empty"),
    ]
    for (error, text) in expected {
      #expect(error.text == text)
      #expect(error.errorDescription == text)
    }
  }
}
