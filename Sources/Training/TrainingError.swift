import Checkpoints
import Evaluation
import Networks
import Pictures

/// What can go wrong when networks are trained. Texts: `TrainingErrorTexts.swift`.
public enum TrainingError: Error, Equatable, Sendable {
  /// A checkpoint could not be read or written.
  case checkpoint(CheckpointError)
  /// A picture or mask could not be read or written.
  case picture(PictureError)
  /// A model file does not make a model.
  case model(ModelError)
  /// A file is no state of a training of this kind.
  case notTrainingState(path: String, expected: String, actual: String?)
  /// The state of a training is incomplete or contradicts the settings.
  case damagedState(path: String, reason: String)
  /// A loss became infinite or not a number.
  case diverged(step: Int, loss: String)
  /// A path that should be a folder cannot be listed.
  case notAFolder(path: String)
  /// A folder holds no masks of a known format.
  case noAnnotations(path: String)
  /// A file of an annotation program cannot be used.
  case badAnnotation(path: String, reason: String)
  /// An annotation has a label that is not one of the classes.
  case unknownLabel(path: String, label: String, known: [String])
  /// A mask in colours comes without a list of classes.
  case classesNeeded(path: String)
  /// A measurement cannot be made.
  case evaluation(EvaluationError)
  /// There are fewer labelled pictures than are needed.
  case tooFewExamples(count: Int, needed: Int)
  /// There are more classes than a mask can have.
  case tooManyClasses(path: String, count: Int)
  /// A folder holds nothing to train on.
  case nothingToTrainOn(folder: String, needed: String)
  /// A label map has no photo or a photo no label map; the first of `count` such files.
  case unpaired(file: String, wanted: String, count: Int)
  /// Two photos differ in their extensions alone.
  case samePhotoName(first: String, second: String)
  /// A prepared photo does not have the size of the network's pictures.
  case preparedSize(path: String, width: Int, height: Int, expected: [Int])
  /// A launcher started several processes, and the program cannot join them.
  case builtWithoutMPI(processes: Int, variable: String)
  /// A launcher started several processes that are not those of the program's own MPI.
  case otherMPI(processes: Int, variable: String, joined: Int)
  /// A batch does not divide into equal parts for all processes.
  case unequalParts(batch: Int, processes: Int)
  /// A table of a renderer's factors cannot be used.
  case badFactors(path: String, reason: String)
  /// A tar archive cannot be read.
  case badArchive(path: String, reason: String)
  /// A model cannot be trained on with these pictures.
  case otherModel(path: String, reason: String)
}
