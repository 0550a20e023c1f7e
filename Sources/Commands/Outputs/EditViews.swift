import Editing
import Networks
import Pictures

/// Pictures and masks of an edit, without the bands of the letterbox.
struct EditViews {
  /// The generator's picture and mask of the code before the edit.
  let before: (picture: Picture, mask: LabelMap)
  /// The generator's picture and mask of the code after the edit.
  let after: (picture: Picture, mask: LabelMap)
  /// The edit's region in the model's square.
  let region: Region

  /// Views of an edit.
  init(before: (Picture, LabelMap), after: (Picture, LabelMap), region: Region) {
    self.before = before
    self.after = after
    self.region = region
  }

  /// The part of a result that the model sees.
  static func visible(_ result: Picture, of subject: Subject, model: JointModel) throws -> Picture {
    guard let photo = subject.photo, result.width == photo.picture.width,
      result.height == photo.picture.height
    else { return result }
    return try Photo(result, path: photo.path, framing: photo.framing).view(for: model)
  }

  /// A sheet of one edit: pictures above, masks below.
  func sheet(of subject: Subject, result: Picture, painted: LabelMap, model: JointModel) throws
    -> Picture
  {
    var sheet = EditSheet(model: model, columns: 3)
    if let photo = subject.photo {
      sheet.append(try photo.view(for: model), "before")
    } else {
      sheet.append(before.picture, "before")
    }
    sheet.append(try Self.visible(result, of: subject, model: model), "after")
    sheet.append(after.picture, "generator's picture")
    sheet.append(before.mask, "mask before")
    sheet.append(painted, "painted mask")
    sheet.append(after.mask, "mask after")
    return sheet.picture
  }

  /// Titles of the columns of `appendRow`.
  static let columns = ["before", "after", "mask before", "mask after", "reconstruction"]

  /// Adds the edit as a row to a sheet of many.
  func appendRow(
    to sheet: inout EditSheet, of subject: Subject, result: Picture, model: JointModel
  ) throws {
    if let photo = subject.photo {
      sheet.append(try photo.view(for: model), Self.columns[0])
    } else {
      sheet.append(before.picture, Self.columns[0])
    }
    sheet.append(try Self.visible(result, of: subject, model: model), Self.columns[1])
    sheet.append(before.mask, Self.columns[2])
    sheet.append(after.mask, Self.columns[3])
    sheet.append(before.picture, Self.columns[4])
  }
}
