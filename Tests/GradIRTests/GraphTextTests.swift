import GradIR
import TestSupport
import Testing

@Suite struct GraphTextTests {
  @Test func randomGraphsRoundTrip() throws {
    for seed in 0..<300 {
      let (graph, _, _) = RandomGraph.make(seed: UInt64(seed))
      let text = GraphPrinter.print(graph, sources: true)
      let read = try GraphParser.parse(text)
      #expect(read == graph, "seed \(seed)")
      let plain = GraphPrinter.print(graph)
      #expect(GraphPrinter.print(try GraphParser.parse(plain)) == plain, "seed \(seed)")
    }
  }

  @Test func theTextIsAsDocumented() throws {
    let text = """
      graph {
        input x: f32[n, 3]
        param w: f32[3] ~ uniform(-0.5, 0.5)
        require n >= 1 "the \\"mean\\" of nothing"
        x = parameter 0 : f32[n, 3]
        w = parameter 1 : f32[3]
        %2 = contract[ab,b->a](x, w) : f32[n]
        %3 "w" = negate(%2) : f32[n]
        %4 = constant {0.1, -0.0, inf, nan} : f32[4]
        %5 = slice[floor_divide(n, 2) from n - 2, 2 from 2 by -1](x) : f32[floor_divide(n, 2), 2]
        last, %7 = loop[count n, states 1, sequences 1, reverse](w, x) : f32[3], f32[n, 3] {
          body state: f32[3]
          body slice: f32[3]
          state = parameter 0 : f32[3]
          slice = parameter 1 : f32[3]
          next = add(state, slice) : f32[3]
          return next: next
          return output: state
        }
        return loss: last
        return "odd name": %4
      }

      """
    let graph = try GraphParser.parse(text)
    #expect(GraphPrinter.print(graph) == text)
    #expect(graph.names[ValueID(0)] == "x")
    #expect(graph.requirements[0].message == "the \"mean\" of nothing")
    #expect(graph.results[1].name == "odd name")
    guard case .loop(let loop) = graph.nodes[6].op else {
      Issue.record("no loop")
      return
    }
    #expect(loop.body.names == [ValueID(2): "next"])
  }

  @Test func distancesMayBeAsLargeAsDims() throws {
    let text = """
      graph {
        input x: f32[9]
        x = parameter 0 : f32[9]
        %1 = slice[1 by 2305843009213693951](x) : f32[1]
        %2 = constant {0.0} : f32
        %3 = pad[0|0|2305843009213693950](%1, %2) : f32[1]
        %4 = window[axis 0 size 1 stride 2305843009213693951 dilation 2305843009213693951](%3) : f32[1, 1]
        return y: %4
      }

      """
    let graph = try GraphParser.parse(text)
    #expect(try GraphParser.parse(GraphPrinter.print(graph)) == graph)
    let beyond = text.replacing("by 2305843009213693951", with: "by 2305843009213693952")
    #expect(throws: Diagnostic.self) { try GraphParser.parse(beyond) }
  }

  @Test func hexadecimalFloatsAndBitsOfNaNAreRead() throws {
    let graph = try GraphParser.parse("graph { %0 = constant {0x1.8p+1, nan:4290772993, -0x0p+0} : f32[3] return y: %0 }")
    guard case .constant(let constant) = graph.nodes[0].op else {
      Issue.record("no constant")
      return
    }
    #expect(constant.bits == [UInt64(Float(3).bitPattern), 4_290_772_993, UInt64((-Float(0)).bitPattern)])
    #expect(try GraphParser.parse(GraphPrinter.print(graph)) == graph)
  }

  @Test(arguments: [
    ("", 0), ("graph {", 7), ("graph { x = parameter 0 : f32 }", 12), ("graph { %0 = sine(%0) : f32 }", 13),
    ("graph { %0 = iota[n] : i64[n] %1 = exp(%0) : i64[n] }", 30), ("graph { %0 = iota[n] : i64[m] }", 8),
    ("graph { %0 = iota[n^99] : i64[n] }", 22), ("graph { return y: z }", 18),
    ("graph { %0 = constant {1} : f32[99999999999999999999] }", 32),
    ("graph { %0 = constant {1, 2} : i32[3] }", 13), ("graph { %1 = iota[n] : i64[n] }", 8),
  ])
  func malformedTextIsADiagnosticAtItsPlace(text: String, offset: Int32) {
    do {
      _ = try GraphParser.parse(text)
      Issue.record("`\(text)` was read")
    } catch {
      #expect(error.range?.lower == offset, "\(text): \(error.message) at \(String(describing: error.range?.lower))")
    }
  }

  @Test func damagedTextNeverCrashes() {
    let random = RandomSource(seed: 11)
    var read = 0
    for seed in 0..<30 {
      let text = Array(GraphPrinter.print(RandomGraph.make(seed: UInt64(seed), size: 20).graph, sources: true).utf8)
      let words = String(decoding: text, as: UTF8.self).split(separator: " ")
      for _ in 0..<40 {
        var damaged = text
        for _ in 0..<random.integer(1...3) {
          let place = random.integer(0...damaged.count - 1)
          switch random.integer(0...4) {
          case 0: damaged[place] = UInt8(random.integer(32...126))
          case 1: damaged.remove(at: place)
          case 2: damaged.insert(UInt8(random.pick(Array("0123456789-,[]{}()%\"n".utf8))), at: place)
          case 3: damaged.removeSubrange(place..<min(damaged.count, place + random.integer(1...30)))
          default: damaged.insert(contentsOf: random.pick(words).utf8, at: place)
          }
          if damaged.isEmpty { damaged = [32] }
        }
        // What is still read is valid: the parser runs the verifier.
        if (try? GraphParser.parse(String(decoding: damaged, as: UTF8.self))) != nil { read += 1 }
      }
    }
    #expect(read > 0)
  }
}
