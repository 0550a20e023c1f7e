import Evaluation
import Networks
import Pictures
import TensorCore

/// Compares ways of making one edit on pictures whose true edited picture is known.
public struct PairBenchmark {
  /// A way of making the edit.
  public enum Method: Sendable {
    /// The photo as it is.
    case noEdit
    /// A stored vector, then steps that repair what lies outside its classes; `isWhole` takes the
    /// generator's whole picture, as methods without masks do, and not the photo with the region.
    case vector(EditVector, strength: Float, refinement: Int, isWhole: Bool = false)
    /// The true edited mask is given as the painting, and each picture is optimised by itself.
    case painting(steps: Int)
    /// The region of the classes is copied from the donor that looks most like the photo.
    case transplant
  }

  /// A picture before and after the true edit.
  public struct Pair: Sendable {
    /// The photo before.
    public var photo: Photo
    /// Its code.
    public var code: LatentCode
    /// The photo after.
    public var edited: Photo
    /// The true masks in the model's square.
    public var masks: (before: LabelMap, after: LabelMap)
    /// The true natural values of the attribute; nil to take what the probe reads off the photos.
    public var attribute: (before: Double, after: Double)?

    /// A pair.
    public init(
      photo: Photo, code: LatentCode, edited: Photo, masks: (before: LabelMap, after: LabelMap),
      attribute: (before: Double, after: Double)?
    ) {
      self.photo = photo
      self.code = code
      self.edited = edited
      self.masks = masks
      self.attribute = attribute
    }
  }

  /// What a method did to one picture.
  public struct Sample: Sendable, Encodable {
    /// Whether the probe reads the attribute on the far side of the middle between its true values.
    public var succeeded: Bool
    /// Change of the attribute's reading, in units of the true change of its natural value.
    public var attributeChange: Double
    /// Cosine between the identities read before and after.
    public var identity: Double
    /// Mean absolute difference (0...255) from the true edited photo in the region of the classes.
    public var regionDistance: Double
    /// Peak signal-to-noise ratio against the whole true edited photo, in decibels.
    public var psnr: Double
    /// Structural similarity to the whole true edited photo.
    public var ssim: Double
    /// Mean absolute change (0...255) outside the region: of the generator's picture, or of the
    /// photo for methods without one.
    public var outsideChange: Double
    /// Rise of the intersection over union of the classes together with the true edited mask.
    public var unionIoUGain: Double?
  }

  /// The model.
  public let model: JointModel
  /// Reads the attribute and the identity.
  public let probe: AttributeProbe
  /// The attribute that the edit changes.
  public let attribute: String
  /// The classes that it changes.
  public let classes: [UInt8]
  /// Photos with the attribute and their masks, for `Method.transplant`.
  public var donors: [(photo: Photo, mask: LabelMap)] = []
  private let row: Int

  /// A benchmark.
  ///
  /// - Throws: `EditingError.unknownAttribute`, `.unknownClass`.
  public init(model: JointModel, probe: AttributeProbe, attribute: String, classes: [String])
    throws(EditingError)
  {
    guard let row = probe.record.names.firstIndex(of: attribute) else {
      throw .unknownAttribute(attribute, known: probe.record.names)
    }
    self.model = model
    self.probe = probe
    self.attribute = attribute
    self.row = row
    self.classes = try model.classIDs(classes)
  }

  /// Makes the edit and measures the default output, the photo with the edited region blended in.
  ///
  /// - Throws: `EditingError` of the edit.
  public func callAsFunction(_ method: Method, _ pair: Pair) throws(EditingError) -> Sample {
    let result = try perform(method, pair)
    let before = try pair.photo.tensor(for: model)
    let after = try Photo(result.output, path: pair.photo.path).tensor(for: model)
    let truth = try pair.edited.tensor(for: model)
    let readings = try probe(Tensor.concatenated([before, after, truth], axis: 0), model: model)
    let natural = readings.map { $0[row] * probe.record.deviations[row] + probe.record.means[row] }
    let (low, high) = pair.attribute ?? (natural[0], natural[2])
    let region = pair.masks.before.region(of: Set(classes))
      .union(pair.masks.after.region(of: Set(classes))).dilated(by: 3)
    let distance = ImageQuality.meanAbsoluteChange(
      after, truth, outside: region.complement.union(model.bands).bits)[0]
    let ssim: Double
    do throws(EvaluationError) {
      ssim = try ImageQuality.structuralSimilarity(after, truth)[0]
    } catch { throw .evaluation(error) }
    return Sample(
      succeeded: low != high && (natural[1] > (low + high) / 2) == (high > low),
      attributeChange: low == high ? 0 : (natural[1] - natural[0]) / (high - low),
      identity: probe.identitySimilarity(readings[0], readings[1]),
      regionDistance: distance * 255,
      psnr: ImageQuality.peakSignalToNoiseRatio(after, truth)[0], ssim: ssim,
      outsideChange: result.outsideChange * 255, unionIoUGain: result.unionIoUGain)
  }

  private struct Performed {
    var output: Picture
    var outsideChange = 0.0
    var unionIoUGain: Double?
  }

  private func perform(_ method: Method, _ pair: Pair) throws(EditingError) -> Performed {
    switch method {
    case .noEdit:
      return Performed(output: pair.photo.picture, unionIoUGain: 0)
    case .vector(let vector, let strength, let refinement, let isWhole):
      let moved = try model.apply(
        vector, to: pair.code, strength: strength, refinement: refinement)
      return try rendered(
        moved, pair, region: try model.region(of: classes, in: [pair.code, moved]),
        isWhole: isWhole)
    case .painting(let steps):
      var options = MaskEditOptions()
      options.steps = steps
      let edit = try model.maskEdit(
        of: pair.code, painting: pair.masks.after, original: pair.masks.before, classes: classes,
        dilation: 3)
      let outcome = try MaskEditor(model: model, options: options)(edit, from: pair.code.wPlus)
      var moved = pair.code
      moved.wPlus = pair.code.wPlus + outcome.delta
      return try rendered(moved, pair, region: edit.region)
    case .transplant:
      return Performed(output: try transplanted(pair))
    }
  }

  private func rendered(
    _ moved: LatentCode, _ pair: Pair, region: Region, isWhole: Bool = false
  ) throws(EditingError) -> Performed {
    let pictures = (model.picture(of: pair.code), model.picture(of: moved))
    let visible = region.inside(model.letterbox.valid)
    let change = ImageQuality.meanAbsoluteChange(
      Tensor(pictures.0), Tensor(pictures.1), outside: visible.bits)[0]
    let (start, end) = (try model.squareMask(of: pair.code), try model.squareMask(of: moved))
    return Performed(
      output: isWhole
        ? pictures.1
        : try PhotoComposite()(
          pictures.1, changedFrom: pictures.0, region: region, photo: pair.photo, model: model),
      outsideChange: change,
      unionIoUGain: unionIoU(end, pair.masks.after) - unionIoU(start, pair.masks.after))
  }

  private func unionIoU(_ a: LabelMap, _ b: LabelMap) -> Double {
    let (first, second) = (a.region(of: Set(classes)), b.region(of: Set(classes)))
    let union = first.union(second).count
    return union == 0 ? 1 : Double(first.intersection(second).count) / Double(union)
  }

  /// The photo with the classes' region taken from the donor that differs least from it elsewhere,
  /// moved so that the centres of both regions meet.
  private func transplanted(_ pair: Pair) throws(EditingError) -> Picture {
    let ids = Set(classes)
    let own = pair.masks.before.region(of: ids)
    let photo = try pair.photo.tensor(for: model)
    var best: (photo: Photo, mask: LabelMap)?
    var least = Double.infinity
    for donor in donors {
      let difference = ImageQuality.meanAbsoluteChange(
        photo, try donor.photo.tensor(for: model), outside: own.union(model.bands).bits)[0]
      if difference < least { (best, least) = (donor, difference) }
    }
    guard let best, let here = own.bounds, let there = best.mask.region(of: ids).bounds else {
      return pair.photo.picture
    }
    let (dx, dy) = (
      there.left + there.width / 2 - here.left - here.width / 2,
      there.top + there.height / 2 - here.top - here.height / 2
    )
    let valid = model.letterbox.valid
    let framed = model.letterbox.framed(best.photo.picture)
    var moved = Picture(
      width: valid.width, height: valid.height, filledWith: RGBColor(0, 0, 0))
    var region = own
    for y in 0..<valid.height {
      for x in 0..<valid.width {
        let column = min(max(x + valid.left + dx, 0), framed.width - 1)
        let row = min(max(y + valid.top + dy, 0), framed.height - 1)
        moved[x, y] = framed[column, row]
      }
    }
    var bits = region.bits
    for y in 0..<region.height {
      for x in 0..<region.width {
        let (column, row) = (x + dx, y + dy)
        if (0..<region.width).contains(column), (0..<region.height).contains(row),
          ids.contains(best.mask[column, row])
        {
          bits[y * region.width + x] = true
        }
      }
    }
    region = Region(width: region.width, height: region.height, bits: bits).dilated(by: 3)
    return try PhotoComposite()(moved, region: region, photo: pair.photo, model: model)
  }
}
