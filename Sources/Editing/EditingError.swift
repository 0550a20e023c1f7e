import Checkpoints
import Evaluation
import Networks
import Pictures

/// What can go wrong when pictures are embedded and edited. Texts: `EditingErrorTexts.swift`.
public enum EditingError: Error, Equatable, Sendable {
  /// A checkpoint could not be read or written.
  case checkpoint(CheckpointError)
  /// A picture or mask could not be read or written.
  case picture(PictureError)
  /// A model file does not make a model.
  case model(ModelError)
  /// A measurement cannot be made.
  case evaluation(EvaluationError)
  /// A file is of another format.
  case wrongFormat(path: String, expected: String, actual: String?)
  /// A file is of another version.
  case wrongVersion(path: String, expected: String, actual: String)
  /// A code or vector file is damaged.
  case damagedRecord(path: String, reason: String)
  /// A file of another program holds no direction that can be used.
  case unusableVector(path: String, reason: String)
  /// An array of another program is not one of codes for the model.
  case unusableCodes(path: String, reason: String)
  /// No vectors were given to combine.
  case nothingToCombine
  /// No examples were given to learn from.
  case nothingToLearn
  /// Vectors belong to different models.
  case vectorsOfDifferentModels(String, String, String, String)
  /// A vector was made for another model.
  case vectorOfOtherModel(String, expected: String, actual: String)
  /// A vector has another number or length of rows.
  case vectorOfOtherSize(String, expected: [Int], actual: [Int])
  /// A code was made with another model.
  case codeOfOtherModel(path: String, expected: String, actual: String)
  /// A strength is not a finite number.
  case invalidStrength(Float)
  /// No step was allowed.
  case invalidSteps(Int)
  /// The model lacks a part that the work needs.
  case modelLacks(String, part: String)
  /// A layout model and a generator know other classes.
  case layoutModelOfOtherClasses(layoutModel: String, model: String)
  /// The painted mask is the one that the picture has already.
  case nothingPainted
  /// A class name is not one of the model's.
  case unknownClass(String, known: [String])
  /// No model of this name or path.
  case unknownModel(String, known: [String])
  /// No vector of this name or path.
  case unknownVector(String, domain: String, known: [String])
  /// A mask has neither the photo's nor the model's size.
  case maskSize(path: String, width: Int, height: Int, expected: [[Int]])
  /// The photo that a code was made from is needed and is another one.
  case photoOfOtherCode(path: String)
  /// Landmarks are given for a model whose picture is no square.
  case landmarksNeedSquare(model: String)
  /// The part of a photo that a model shall see does not lie in the photo.
  case cropOutside(path: String, crop: [Int], width: Int, height: Int)
  /// A folder cannot hold the results of a batch.
  case batchFolder(path: String, reason: String)
  /// A manifest cannot be read or written.
  case manifest(path: String, reason: String)
  /// The model's file changed while a batch was at work.
  case modelReplaced(path: String)
  /// A result of another photo lies where a result would be written.
  case resultOfOtherPhoto(path: String, photo: String)
  /// A row that the model does not have.
  case unknownRow(Int, rowCount: Int)
  /// The work was cancelled before it had a result.
  case cancelled
  /// An attribute probe belongs to the encoder of another model.
  case probeOfOtherModel(expected: String, actual: String)
  /// A probe does not read this attribute.
  case unknownAttribute(String, known: [String])
  /// The optimisation left the range of numbers.
  case diverged(step: Int)
}
