import Checkpoints
import Evaluation
import Networks
import Pictures

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// All texts of this module's errors: what is wrong, with names and numbers, and what to do next.

extension EditingError: LocalizedError {
  /// The whole message for the user, in one line.
  public var errorDescription: String? { text }

  /// The whole message for the user, in one line.
  public var text: String {
    switch self {
    case .checkpoint(let error): error.text
    case .picture(let error): error.description
    case .model(let error): error.text
    case .evaluation(let error): error.description
    case .wrongFormat(let path, let expected, let actual):
      "\(path) is \(actual.map { "a \($0) file" } ?? "no file of this program"), "
        + "a \(expected) file is needed"
    case .wrongVersion(let path, let expected, let actual):
      "\(path) has version \(actual), this program reads version \(expected)"
    case .damagedRecord(let path, let reason): "\(path) is damaged: \(reason)"
    case .unusableVector(let path, let reason): "\(path) cannot be used as a vector: \(reason)"
    case .unusableCodes(let path, let reason): "\(path) cannot be used as codes: \(reason)"
    case .nothingToCombine: "no vectors to combine; name at least one, as in smile:0.5"
    case .nothingToLearn: "no examples to learn from; give at least one photo with a painted mask"
    case .vectorsOfDifferentModels(let first, let firstModel, let second, let secondModel):
      "vectors '\(first)' (model \(firstModel)) and '\(second)' (model \(secondModel)) belong to "
        + "different models and cannot be combined"
    case .vectorOfOtherModel(let name, let expected, let actual):
      "vector '\(name)' was made for model \(actual), this is model \(expected); "
        + "learn it again, or use --other-model to apply it anyway"
    case .vectorOfOtherSize(let name, let expected, let actual):
      "vector '\(name)' has size \(actual), this model needs \(expected)"
    case .codeOfOtherModel(let path, let expected, let actual):
      "\(path) was embedded with model \(actual), this is model \(expected); embed the photo again"
    case .invalidStrength(let value): "strength \(value) is not a finite number"
    case .invalidSteps(let steps): "\(steps) steps: at least 1 is needed"
    case .modelLacks(let model, let part): "model \(model) has no \(part), which this needs"
    case .layoutModelOfOtherClasses(let layoutModel, let model):
      "\(layoutModel) draws other classes than \(model) has; use a layout model of the same classes"
    case .nothingPainted:
      "the painted mask equals the mask that the picture has already: nothing to edit"
    case .unknownClass(let name, let known):
      "no class '\(name)'; the model has \(known.joined(separator: ", "))"
    case .unknownModel(let name, let known):
      "no model '\(name)'; give a .safetensors file or one of \(known.joined(separator: ", "))"
    case .probeOfOtherModel(let expected, let actual):
      "the attribute probe belongs to the encoder of model \(actual), not of \(expected); "
        + "fit it again with 'semblance evaluate attributes'"
    case .unknownAttribute(let name, let known):
      "the probe reads no attribute '\(name)'; it reads " + known.joined(separator: ", ")
    case .unknownVector(let name, let domain, let known):
      "no vector '\(name)' for \(domain); give a file or one of "
        + (known.isEmpty ? "(none stored)" : known.joined(separator: ", "))
    case .maskSize(let path, let width, let height, let expected):
      "\(path) has \(width)x\(height) pixels; it must have "
        + expected.map { "\($0[0])x\($0[1])" }.joined(separator: " or ")
    case .photoOfOtherCode(let path):
      "\(path) is not the photo that the code was made from; embed it again"
    case .landmarksNeedSquare(let model):
      "model \(model) has no square picture, which landmarks are for; leave --landmarks out"
    case .cropOutside(let path, let crop, let width, let height):
      "\(path) has \(width)x\(height) pixels; the crop \(crop.map(String.init).joined(separator: ",")) "
        + "does not lie inside"
    case .batchFolder(let path, let reason):
      "\(path): this folder cannot hold results: \(reason)"
    case .manifest(let path, let reason):
      "\(path): the manifest cannot be kept: \(reason); mend that and run the command again, "
        + "what is done stays done"
    case .modelReplaced(let path):
      "\(path): the model was replaced while it was at work; run the command again to go on with "
        + "the new one"
    case .resultOfOtherPhoto(let path, let photo):
      "\(path) is the result of another photo, \(photo); choose another folder, or replace it with "
        + "--force"
    case .unknownRow(let row, let rowCount):
      "there is no row \(row); the model has rows 0 to \(rowCount - 1)"
    case .cancelled: "cancelled"
    case .diverged(let step):
      "the optimisation left the range of numbers at step \(step); use a lower learning rate"
    }
  }
}
