/// What can go wrong between the command line and the library. Texts: `CommandErrorTexts.swift`.
enum CommandError: Error, Equatable {
  /// The user or the system asked the program to stop, when some results were finished.
  case interrupted(signal: Int32, written: Int)
  /// The folder of an output does not exist.
  case noOutputFolder(path: String, folder: String)
  /// The folder of an output, or the output itself, cannot be written.
  case notWritable(path: String, reason: String)
  /// An output is a folder where a file is needed.
  case outputIsFolder(path: String)
  /// An output is a file where a folder is needed.
  case outputIsFile(path: String)
  /// An output is one of the inputs.
  case outputIsInput(path: String)
  /// Several inputs would be written to one file.
  case sameOutput(path: String, first: String, second: String)
  /// Standard input lists no files.
  case nothingListed
  /// A batch was asked to stop.
  case batchInterrupted(signal: Int32, done: Int, total: Int)
  /// A sheet cannot show as many photos.
  case sheetTooLong(count: Int, limit: Int)
  /// Several results need a folder.
  case folderNeeded(path: String, results: Int)
  /// A photo has no repainted mask beside it.
  case noMask(photo: String, mask: String)
  /// A folder holds nothing of what is needed.
  case nothingInFolder(path: String, needed: String)
  /// A code is given where only a photo has a meaning.
  case codeForPhoto(path: String)
  /// An input does not exist.
  case noInput(path: String)
  /// Pairs need as many photos after as before.
  case unequalSets(before: Int, after: Int)
  /// A table of attributes cannot be read.
  case damagedTable(path: String, line: Int, reason: String)
  /// Vectors of one name exist for several domains.
  case ambiguousVector(name: String, domains: [String], option: String)
  /// A code does not say how large its photo is.
  case noPhotoOfCode(path: String)
  /// A code has rows of another number or length than the model.
  case codeOfOtherSize(path: String, expected: [Int], actual: [Int])
  /// A label is given, but the model was trained without.
  case noLabels(model: String)
  /// A label is given that the model does not know.
  case noSuchLabel(Int, count: Int, model: String)
  /// No picture has a mask that somebody has painted.
  case noLabeledPictures(pictures: String, masks: String)
  /// A mask would be overwritten that may be painted already.
  case maskExists(path: String)
  /// A model has no classes to paint with.
  case noClasses(model: String)
  /// A branch of one member cannot disagree with itself.
  case noEnsemble(model: String)
  /// No public collection or model has this name.
  case unknownClasses(name: String, known: [String])
  /// A list of classes is too long or too short for a model's layouts.
  case classesDoNotFit(name: String, classes: Int, model: String, channels: Int)
  /// A model's pictures depend on the layout alone.
  case noStyle(model: String)
  /// A model has random styles but cannot take the style of a photo.
  case noStyleEncoder(model: String)
  /// A segmenter and a model know other classes.
  case segmenterOfOtherClasses(segmenter: String, classes: Int, model: String, modelClasses: Int)

  /// The signal behind an interruption.
  var signal: Int32? {
    switch self {
    case .interrupted(let signal, _), .batchInterrupted(let signal, _, _): signal
    default: nil
    }
  }
}
