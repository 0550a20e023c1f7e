import Checkpoints
import Networks

extension ModelLibrary {
  /// Opens a model that draws layouts.
  ///
  /// - Parameters:
  ///   - name: a path (with a slash or `.safetensors`) or the name of an entry.
  ///   - isExact: computes in the plain, most exact way.
  /// - Throws: `EditingError.unknownModel`, `.checkpoint` or `.model`.
  public func layoutSynthesizer(
    named name: String, isExact: Bool = false
  ) throws(EditingError) -> LayoutSynthesizer {
    let file = try file(named: name)
    do throws(ModelError) { return try LayoutSynthesizer(file, isExact: isExact) } catch {
      throw .model(error)
    }
  }

  /// The classes of a model of any kind, without opening the rest.
  ///
  /// - Throws: `EditingError.unknownModel`, `.checkpoint` or `.model`.
  public func layoutClasses(named name: String) throws(EditingError) -> LayoutClasses {
    let file = try file(named: name)
    do throws(ModelError) { return try LayoutClasses(file) } catch { throw .model(error) }
  }
}
