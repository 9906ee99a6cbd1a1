import Fuzzing
import Grad

// What libFuzzer calls: https://llvm.org/docs/LibFuzzer.html. It leaves arguments that begin with -- to the program.

nonisolated(unsafe) private var target = FuzzTarget.model

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafePointer<CChar>>>
) -> CInt {
  for index in 0..<Int(count.pointee) {
    let words = String(cString: arguments.pointee[index]).split(separator: "=")
    if words.count == 2, words[0] == "--target" {
      guard let named = FuzzTarget(rawValue: String(words[1])) else { fatalError("there is no target \(words[1])") }
      target = named
    }
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let faults = target.faults(Array(UnsafeBufferPointer(start: start, count: count)))
  // The input is at fault or gradc is: libFuzzer writes it to a file and ends.
  if !faults.isEmpty { fatalError(faults.joined(separator: "\n")) }
  return 0
}

@_silgen_name("LLVMFuzzerMutate")
func mutateBytes(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int) -> Int

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
  var random = SplitMix64(seed: UInt64(seed))
  guard let mutator = target.mutator, random.next() % 4 > 0 else { return mutateBytes(start, count, limit) }
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  return store(mutator.mutated(text, with: text, &random), at: start, limit)
}

@_cdecl("LLVMFuzzerCustomCrossOver")
public func cross(
  _ first: UnsafePointer<UInt8>, _ firstCount: Int, _ second: UnsafePointer<UInt8>, _ secondCount: Int, _ out: UnsafeMutablePointer<UInt8>,
  _ limit: Int, _ seed: UInt32
) -> Int {
  var random = SplitMix64(seed: UInt64(seed))
  let texts = [(first, firstCount), (second, secondCount)].map { Array(UnsafeBufferPointer(start: $0, count: $1)) }
  guard let mutator = target.mutator else {
    let head = texts[0].prefix(Int(random.next() % UInt64(firstCount + 1)))
    return store(head + texts[1].suffix(Int(random.next() % UInt64(secondCount + 1))), at: out, limit)
  }
  return store(mutator.mutated(texts[0], with: texts[1], &random), at: out, limit)
}

private func store(_ bytes: [UInt8], at start: UnsafeMutablePointer<UInt8>, _ limit: Int) -> Int {
  let count = min(bytes.count, limit)
  for index in 0..<count { start[index] = bytes[index] }
  return count
}
