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

extension TrainingError: LocalizedError {
  /// The whole message for the user, in one line.
  public var errorDescription: String? { text }

  /// The whole message for the user, in one line.
  public var text: String {
    switch self {
    case .checkpoint(let error): error.text
    case .picture(let error): error.description
    case .model(let error): error.text
    case .evaluation(let error): error.description
    case .tooFewExamples(let count, let needed):
      "there are \(count) labelled pictures, at least \(needed) are needed; label more or hold fewer out"
    case .notTrainingState(let path, let expected, let actual):
      "\(path) is \(actual.map { "the state of a training of '\($0)'" } ?? "no training state"), "
        + "the state of a training of '\(expected)' is needed"
    case .damagedState(let path, let reason):
      "\(path) cannot be resumed: \(reason); start the training anew"
    case .diverged(let step, let loss):
      "the loss '\(loss)' left the range of numbers at step \(step); use a lower learning rate"
    case .notAFolder(let path): "\(path): this is no folder that can be read; check the path"
    case .noAnnotations(let path):
      "\(path): there are no masks in this folder; it should hold PNG masks, image_mask*.npy, LabelMe "
        + ".json files, or SegmentationClass/ with labelmap.txt"
    case .badAnnotation(let path, let reason): "\(path): \(reason); correct or export it again"
    case .unknownLabel(let path, let label, let known):
      "\(path): there is no class '\(label)'; the classes are \(known.joined(separator: ", "))"
    case .classesNeeded(let path):
      "\(path): this mask has colours, and the model has no classes that they could stand for; "
        + "give them with --classes"
    case .tooManyClasses(let path, let count):
      "\(path): there are \(count) classes; at most \(Annotation.maximumClassCount) are possible"
    case .nothingToTrainOn(let folder, let needed):
      "\(folder): there is no \(needed) in this folder"
    case .unpaired(let file, let wanted, let count):
      "\(file) has no counterpart; it should be \(wanted)"
        + (count > 1 ? " (\(count) files lack theirs)" : "")
    case .samePhotoName(let first, let second):
      "\(first) and \(second) have the same name; remove one of them"
    case .preparedSize(let path, let width, let height, let expected):
      "\(path) is \(width)x\(height) after preprocessing, the network makes "
        + "\(expected[0])x\(expected[1]); choose another --preprocess, --load-size or --size"
    case .builtWithoutMPI(let processes, let variable):
      "\(variable) says that this is one of \(processes) processes, but the program was built "
        + "without MPI and each would write the same files; build it with 'swift build -c release "
        + "--traits MPI' or start one process"
    case .otherMPI(let processes, let variable, let joined):
      "\(variable) says that this is one of \(processes) processes, but the MPI that the program "
        + "was built with joined \(joined); use the launcher of that MPI"
    case .unequalParts(let batch, let processes):
      "--batch is \(batch) for \(processes) processes, which need equal parts; give a multiple of "
        + "\(processes)"
    case .badFactors(let path, let reason): "\(path): \(reason); correct or export it again"
    case .badArchive(let path, let reason):
      "\(path) is no tar archive that can be read: \(reason); pack it again without compression"
    case .otherModel(let path, let reason):
      "\(path) cannot be trained on: \(reason); give the pictures that it was made from or train "
        + "a new model"
    }
  }
}
