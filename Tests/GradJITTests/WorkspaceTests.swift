import GradJIT
import Testing

@Suite struct WorkspaceTests {
  @Test func memoryIsAlignedAndGrows() throws {
    var workspace = Workspace()
    #expect(try workspace.reserve(bytes: 0) == nil)
    var last = 0
    for bytes in [1, 63, 64, 65, 1000, 100_000, 3 << 20, 5 << 20, 100, 20 << 20] as [UInt64] {
      let start = try #require(try workspace.reserve(bytes: bytes))
      #expect(UInt(bitPattern: start) % 64 == 0)
      #expect(workspace.capacity >= max(Int(bytes), last))
      last = workspace.capacity
      // The last byte is there.
      start.storeBytes(of: 1, toByteOffset: Int(bytes) - 1, as: UInt8.self)
    }
  }

  @Test func largeMemoryStartsAtALargePage() throws {
    var workspace = Workspace()
    let start = try #require(try workspace.reserve(bytes: 8 << 20))
    #expect(UInt(bitPattern: start) % (2 << 20) == 0)
  }

  @Test func whatIsHeldIsKept() throws {
    var workspace = Workspace()
    let first = try workspace.reserve(bytes: 4096)
    let second = try workspace.reserve(bytes: 128)
    #expect(first == second)
  }

  @Test(arguments: [.max, .max - 1, 1 << 63, 1 << 60] as [UInt64]) func whatCannotBeHadIsAnError(bytes: UInt64) throws {
    var workspace = Workspace()
    #expect(throws: JITError.self) { try workspace.reserve(bytes: bytes) }
    // And the workspace is as good as new.
    #expect(try workspace.reserve(bytes: 64) != nil)
  }
}
