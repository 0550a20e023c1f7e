#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// All texts of this module's errors: what is wrong, with names and numbers, and what to do next.

extension ModelError: LocalizedError {
  /// The whole message for the user, in one line.
  public var errorDescription: String? { text }

  /// The whole message for the user, in one line.
  public var text: String {
    switch self {
    case .missingTensor(let path, let name, let expected):
      "\(path) has no tensor '\(name)' of shape \(Self.text(expected)); is it a model of another "
        + "kind, or was it cut when it was exported?"
    case .wrongShape(let path, let name, let expected, let actual):
      "\(path): tensor '\(name)' has shape \(actual), expected \(Self.text(expected)); "
        + "export the model again"
    case .surplusTensors(let path, let names):
      "\(path) has \(names.count) tensor\(names.count == 1 ? "" : "s") that no part of the model "
        + "uses: \(Self.list(names)); remove them or convert the file with 'semblance import'"
    case .notFinite(let path, let name, let element):
      "\(path): element \(element) of tensor '\(name)' is infinite or not a number; "
        + "the training that wrote it has failed, use an earlier snapshot"
    case .unreadableTensor(let path, let name, let error):
      "\(path): tensor '\(name)': \(error.text)"
    case .filterMismatch(let path, let name):
      "\(path): the filter '\(name)' differs from 'resample_filter' of the file's configuration; "
        + "correct the configuration"
    case .invalidConfiguration(let path, let reason):
      "\(path): the metadata 'config' is not usable: \(reason)"
    case .unsupportedConfiguration(let path, let key, let value, let supported):
      "\(path): '\(key)' is \(value) in the metadata 'config'; supported: \(supported)"
    case .checkpoint(let error): error.text
    case .invalidMetadata(let path, let key, let reason):
      "\(path): the metadata '\(key)' is not usable: \(reason)"
    case .badClassList(let path, let reason): "\(path): no list of classes: \(reason)"
    case .configurationMismatch(let path, let key, let stated, let found):
      "\(path): '\(key)' is \(stated) in the metadata 'config', the tensors say \(found)"
    }
  }

  /// For example `[_, 512, 3, 3]`, where `_` may be anything.
  private static func text(_ shape: [Int?]) -> String {
    "[" + shape.map { $0.map(String.init) ?? "_" }.joined(separator: ", ") + "]"
  }

  /// The first names in quotes.
  private static func list(_ names: [String]) -> String {
    names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}
