import ArgumentParser
import Pictures

// Rules for option values that several commands share; each ends the command with its usage.

func requireSteps(_ steps: Int, _ option: String, hint: String = "") throws {
  guard (1...100_000).contains(steps) else {
    throw ValidationError("\(option) is \(steps): give a number from 1 to 100000\(hint)")
  }
}

func requireTrainingSteps(_ steps: Int, _ option: String) throws {
  guard (1...100_000_000).contains(steps) else {
    throw ValidationError("\(option) is \(steps): give a number from 1 to 100000000")
  }
}

func requireMinutes(_ minutes: Double?) throws {
  if let minutes, !(minutes > 0 && minutes.isFinite) {
    throw ValidationError("--minutes is \(minutes): give a positive number")
  }
}

func requireFinite(_ value: Float?, _ option: String) throws {
  guard let value, !value.isFinite else { return }
  throw ValidationError("\(option) is \(value): give a finite number")
}

func requireDilation(_ pixels: Int) throws {
  guard (0...256).contains(pixels) else {
    throw ValidationError("--dilate is \(pixels): give a number of pixels from 0 to 256")
  }
}

func requireRefinement(_ steps: Int) throws {
  guard (0...100_000).contains(steps) else {
    throw ValidationError("--refine is \(steps): give a number of steps from 0 to 100000")
  }
}

func requireLimit(_ limit: Int?) throws {
  if let limit, limit < 1 {
    throw ValidationError("--limit is \(limit): give a number from 1")
  }
}

func requirePictureName(_ path: String?, _ option: String) throws {
  guard let path else { return }
  do throws(PictureError) { _ = try PictureFormat(extensionOf: path) } catch {
    throw ValidationError("\(option): \(error.description)")
  }
}

func requireExtension(_ name: String, of path: String?, _ option: String) throws {
  guard let path, !path.lowercased().hasSuffix(".\(name)") else { return }
  throw ValidationError("\(option): \(path): use a name that ends in .\(name)")
}

func requireDistinct(_ paths: [String?]) throws {
  var seen: Set<String> = []
  for path in paths.compactMap({ $0 }) where !seen.insert(path).inserted {
    throw ValidationError("\(path) is named as output twice; give each output a name of its own")
  }
}
