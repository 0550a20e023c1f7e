extension NamedPalette {
  /// COCO-Stuff: value v is the class with the identifier v + 1; 255 is unlabelled.
  public static let cocoStuff = NamedPalette("coco", classes: cocoStuffClasses, unlabelled: 182)

  /// The landscape classes of COCO-Stuff in the colours in which people paint landscapes (SPADE
  /// spec 11); all others as in `cocoStuff`.
  public static let landscape = NamedPalette(
    "landscape", classes: cocoStuffClasses,
    colors: [
      "sky-other": RGBColor(hex: 0x759edf), "sea": RGBColor(hex: 0x384f83),
      "grass": RGBColor(hex: 0xb7d24e), "tree": RGBColor(hex: 0x352613),
      "mountain": RGBColor(hex: 0x3c3b4b), "clouds": RGBColor(hex: 0xefefef),
      "snow": RGBColor(hex: 0xfafafa), "river": RGBColor(hex: 0x32604d),
      "hill": RGBColor(hex: 0x776c2d), "dirt": RGBColor(hex: 0x2c1e16),
      "road": RGBColor(hex: 0x987e6a), "bush": RGBColor(hex: 0x5d6e32),
      "flower": RGBColor(hex: 0xe670b6), "fog": RGBColor(hex: 0xc1c3c9),
    ], unlabelled: 182)

  private static let cocoStuffClasses = list(
    """
    person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light
    fire hydrant, street sign, stop sign, parking meter, bench, bird, cat, dog, horse, sheep
    cow, elephant, bear, zebra, giraffe, hat, backpack, umbrella, shoe, eye glasses
    handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat
    baseball glove, skateboard, surfboard, tennis racket, bottle, plate, wine glass, cup, fork
    knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut
    cake, chair, couch, potted plant, bed, mirror, dining table, window, desk, toilet
    door, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster
    sink, refrigerator, blender, book, clock, vase, scissors, teddy bear, hair drier, toothbrush
    hair brush, banner, blanket, branch, bridge, building-other, bush, cabinet, cage, cardboard
    carpet, ceiling-other, ceiling-tile, cloth, clothes, clouds, counter, cupboard, curtain
    desk-stuff, dirt, door-stuff, fence, floor-marble, floor-other, floor-stone, floor-tile
    floor-wood, flower, fog, food-other, fruit, furniture-other, grass, gravel, ground-other, hill
    house, leaves, light, mat, metal, mirror-stuff, moss, mountain, mud, napkin
    net, paper, pavement, pillow, plant-other, plastic, platform, playingfield, railing, railroad
    river, road, rock, roof, rug, salad, sand, sea, shelf, sky-other
    skyscraper, snow, solid-other, stairs, stone, straw, structural-other, table, tent
    textile-other, towel, tree, vegetable, wall-brick, wall-concrete, wall-other, wall-panel
    wall-stone, wall-tile, wall-wood, water-other, waterdrops, window-blind, window-other, wood
    unlabeled
    """)
}
