extension NamedPalette {
  /// Cityscapes' 34 label ids and, last, the license plate; the collection's colours where they are
  /// unique.
  public static let cityscapes = NamedPalette(
    "cityscapes",
    classes: list(
      """
      unlabeled, ego vehicle, rectification border, out of roi, static, dynamic, ground, road
      sidewalk, parking, rail track, building, wall, fence, guard rail, bridge, tunnel, pole
      polegroup, traffic light, traffic sign, vegetation, terrain, sky, person, rider, car, truck
      bus, caravan, trailer, train, motorcycle, bicycle, license plate
      """),
    colors: [
      "unlabeled": .black, "dynamic": RGBColor(111, 74, 0), "ground": RGBColor(81, 0, 81),
      "road": RGBColor(128, 64, 128), "sidewalk": RGBColor(244, 35, 232),
      "parking": RGBColor(250, 170, 160), "rail track": RGBColor(230, 150, 140),
      "building": RGBColor(70, 70, 70), "wall": RGBColor(102, 102, 156),
      "fence": RGBColor(190, 153, 153), "guard rail": RGBColor(180, 165, 180),
      "bridge": RGBColor(150, 100, 100), "tunnel": RGBColor(150, 120, 90),
      "pole": RGBColor(153, 153, 153), "traffic light": RGBColor(250, 170, 30),
      "traffic sign": RGBColor(220, 220, 0), "vegetation": RGBColor(107, 142, 35),
      "terrain": RGBColor(152, 251, 152), "sky": RGBColor(70, 130, 180),
      "person": RGBColor(220, 20, 60), "rider": RGBColor(255, 0, 0), "car": RGBColor(0, 0, 142),
      "truck": RGBColor(0, 0, 70), "bus": RGBColor(0, 60, 100), "caravan": RGBColor(0, 0, 90),
      "trailer": RGBColor(0, 0, 110), "train": RGBColor(0, 80, 100),
      "motorcycle": RGBColor(0, 0, 230), "bicycle": RGBColor(119, 11, 32),
    ])

  /// The CMP facades: 0 is unknown, 1 to 12 are the classes.
  public static let facades = NamedPalette(
    "facades",
    classes: list(
      """
      unknown, background, facade, window, door, cornice, sill, balcony, blind, deco, molding, pillar
      shop
      """))
}
