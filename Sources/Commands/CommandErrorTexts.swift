#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// All texts of this module's errors: what is wrong, with names and numbers, and what to do next.

extension CommandError: LocalizedError {
  var errorDescription: String? { text }

  /// The whole message for the user, in one line.
  var text: String {
    switch self {
    case .interrupted(_, let written):
      written == 0
        ? "interrupted; nothing was written"
        : "interrupted; the \(written == 1 ? "first result is" : "first \(written) results are") written"
    case .noOutputFolder(let path, let folder):
      "\(path): there is no folder \(folder); make it first"
    case .notWritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .outputIsFolder(let path):
      "\(path): this is a folder; give the name of a file in it"
    case .outputIsFile(let path):
      "\(path): this is a file; several results need a folder"
    case .outputIsInput(let path):
      "\(path): this is also an input, which is never overwritten; choose another output"
    case .sameOutput(let path, let first, let second):
      "\(path): \(first) and \(second) would both be written here; rename one of them"
    case .nothingListed: "standard input lists no files; give one path in a line"
    case .batchInterrupted(_, let done, let total):
      "interrupted; \(done) of \(total) photos are done; run the same command again for the rest"
    case .sheetTooLong(let count, let limit):
      "a sheet shows \(limit) photos at most, these are \(count); use --report instead"
    case .folderNeeded(let path, let results):
      "\(path): \(results) results need a folder; give one that exists or a name that ends in '/'"
    case .noMask(let photo, let mask):
      "\(photo) has no repainted mask; it should be \(mask)"
    case .nothingInFolder(let path, let needed):
      "\(path): there is no \(needed) in this folder"
    case .codeForPhoto(let path): "\(path): this is a code already; give a photo"
    case .unequalSets(let before, let after):
      "--before names \(before) photos and --after \(after); pairs need as many of both"
    case .damagedTable(let path, let line, let reason):
      "\(path), line \(line): the table \(reason); give comma-separated values with names above"
    case .noInput(let path): "\(path): no such file; check the path"
    case .ambiguousVector(let name, let domains, let option):
      "vector '\(name)' exists for \(domains.joined(separator: " and ")); choose with \(option)"
    case .noPhotoOfCode(let path):
      "\(path): this code was not made from a photo, so there is no true size; "
        + "leave --true-size out"
    case .codeOfOtherSize(let path, let expected, let actual):
      "\(path): the code has size \(actual), this model needs \(expected); embed the photo again"
    case .noLabeledPictures(let pictures, let masks):
      "\(pictures): no picture has a painted mask of the same name in \(masks); "
        + "paint some, or check both folders"
    case .maskExists(let path):
      "\(path): this mask exists already and may be painted; choose another folder or other seeds"
    case .noClasses(let model):
      "\(model): this model has no classes to paint with; give them with --classes"
    case .noEnsemble(let model):
      "\(model): the branch has one member, which cannot disagree with others; "
        + "train an ensemble with 'semblance train segmenter --members 4'"
    case .noLabels(let model):
      "\(model): this model was trained without labels; leave --class out"
    case .noSuchLabel(let label, let count, let model):
      "\(model): there is no label \(label); give one from 0 to \(count - 1)"
    case .unknownClasses(let name, let known):
      "there are no classes '\(name)'; give a .json file or one of \(known.joined(separator: ", "))"
    case .classesDoNotFit(let name, let classes, let model, let channels):
      "\(name) has \(classes) classes, but layouts for \(model) have \(channels) channels: one for "
        + "each class and perhaps one for edges"
    case .noStyle(let model):
      "\(model): this model has no style; leave --style, --seed, --count and --interpolate out"
    case .noStyleEncoder(let model):
      "\(model): this model has no encoder of styles; give a seed instead of a photo"
    case .segmenterOfOtherClasses(let segmenter, let classes, let model, let modelClasses):
      "\(segmenter) reads \(classes) classes, \(model) draws \(modelClasses), and they are not the "
        + "same; use a segmenter that was trained on the model's classes"
    }
  }
}
