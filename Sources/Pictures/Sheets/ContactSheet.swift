/// A grid of labelled pictures: before, after and mask side by side, or a page of samples.
///
/// Rows are filled from left to right. Each picture is fitted into its cell with its aspect kept.
public struct ContactSheet: Equatable, Sendable {
  private struct Cell: Equatable {
    var picture: Picture
    var label: String
    var enlargement: ResamplingFilter
  }

  /// Cells per row.
  public let columns: Int
  /// Width of a picture's place.
  public let cellWidth: Int
  /// Height of a picture's place, without its label.
  public let cellHeight: Int
  /// Space around and between cells, in pixels.
  public var padding = 8
  /// Pixels per font pixel of labels.
  public var textScale = 2
  /// Colour between the cells.
  public var background = RGBColor.white
  /// Colour of labels.
  public var textColor = RGBColor(40, 40, 40)
  /// A line above the grid; empty for none.
  public var title = ""

  private var cells: [Cell] = []

  /// An empty sheet; sizes below 1 become 1.
  public init(columns: Int, cellWidth: Int, cellHeight: Int) {
    self.columns = max(1, columns)
    self.cellWidth = max(1, cellWidth)
    self.cellHeight = max(1, cellHeight)
  }

  /// Number of pictures.
  public var count: Int { cells.count }

  /// Adds a picture in the next cell.
  ///
  /// - Parameters:
  ///   - picture: any size.
  ///   - label: a line below it, shortened to the cell; printable ASCII.
  ///   - enlargement: how a picture smaller than the cell grows; shrinking is by area.
  public mutating func append(
    _ picture: Picture, label: String = "", enlargement: ResamplingFilter = .bicubic
  ) {
    cells.append(Cell(picture: picture, label: label, enlargement: enlargement))
  }

  /// Adds a mask in the colours of `palette`; it grows without blurring.
  public mutating func append(_ map: LabelMap, palette: Palette, label: String = "") {
    append(map.colored(with: palette), label: label, enlargement: .nearest)
  }

  /// Leaves the next cell empty.
  public mutating func skip() {
    append(Picture(width: 1, height: 1, filledWith: background), enlargement: .nearest)
  }

  /// The sheet as one picture. An empty sheet has one empty row.
  public func rendered() -> Picture {
    let padding = max(0, self.padding)
    let scale = max(1, textScale)
    let line = (BitmapFont.glyphHeight + 2) * scale
    let labelHeight = cells.contains { !$0.label.isEmpty } ? line : 0
    let titleHeight = title.isEmpty ? 0 : line + padding
    let rows = max(1, (cells.count + columns - 1) / columns)
    let stepX = cellWidth + padding
    let stepY = cellHeight + labelHeight + padding
    var sheet = Picture(
      width: padding + columns * stepX, height: padding + titleHeight + rows * stepY,
      filledWith: background)
    sheet.draw(
      shortened(title, to: sheet.width - 2 * padding, scale), left: padding, top: padding,
      color: textColor, scale: scale)
    for (index, cell) in cells.enumerated() {
      let left = padding + index % columns * stepX
      let top = padding + titleHeight + index / columns * stepY
      let picture = fitted(cell)
      sheet.paste(
        picture, left: left + (cellWidth - picture.width) / 2,
        top: top + (cellHeight - picture.height) / 2)
      let label = shortened(cell.label, to: cellWidth, scale)
      sheet.draw(
        label, left: left + (cellWidth - Picture.textWidth(label, scale: scale)) / 2,
        top: top + cellHeight + 2 * scale, color: textColor, scale: scale)
    }
    return sheet
  }

  private func fitted(_ cell: Cell) -> Picture {
    let picture = cell.picture
    let isWider = picture.width * cellHeight > picture.height * cellWidth
    let width =
      isWider ? cellWidth : max(1, min(cellWidth, picture.width * cellHeight / picture.height))
    let height =
      isWider ? max(1, min(cellHeight, picture.height * cellWidth / picture.width)) : cellHeight
    return picture.resized(
      width: width, height: height, by: width < picture.width ? .area : cell.enlargement)
  }

  private func shortened(_ text: String, to width: Int, _ scale: Int) -> String {
    let room = (width + scale) / (BitmapFont.advance * scale)
    return text.count <= room ? text : String(text.prefix(max(0, room - 2))) + ".."
  }
}
