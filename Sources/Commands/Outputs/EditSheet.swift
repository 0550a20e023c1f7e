import Networks
import Pictures

/// A sheet of pictures and masks of one model, large enough to look at.
struct EditSheet {
  private var sheet: ContactSheet
  private let palette: Palette

  /// An empty sheet whose cells have the model's aspect and at least 256 pixels on the longer side.
  init(model: JointModel, columns: Int) {
    let valid = model.letterbox.valid
    let scale = max(1, (255 + max(valid.width, valid.height)) / max(valid.width, valid.height))
    sheet = ContactSheet(
      columns: columns, cellWidth: valid.width * scale, cellHeight: valid.height * scale)
    palette = model.palette
  }

  /// Adds a picture.
  mutating func append(_ picture: Picture, _ label: String) {
    // Photos shrink now, so that a sheet of many does not hold them all.
    let scale = min(
      Double(sheet.cellWidth) / Double(picture.width),
      Double(sheet.cellHeight) / Double(picture.height))
    guard scale < 1 else { return sheet.append(picture, label: label) }
    sheet.append(
      picture.resized(
        width: max(1, Int(Double(picture.width) * scale)),
        height: max(1, Int(Double(picture.height) * scale)), by: .area), label: label)
  }

  /// Adds a mask in the colours of the model's classes.
  mutating func append(_ mask: LabelMap, _ label: String) {
    sheet.append(mask, palette: palette, label: label)
  }

  /// The sheet as a picture.
  var picture: Picture { sheet.rendered() }
}
