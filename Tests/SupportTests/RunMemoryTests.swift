import Testing

@testable import Support

@Suite("The memory of a run")
struct RunMemoryTests {
    private func demand(_ block: Int64 = 1 << 20, _ volume: Int64 = 50 << 20, best: Bool = false, stores: Int = 1)
        -> RunMemory.Demand
    {
        RunMemory.Demand(blockSize: block, volumeSize: volume, packsBest: best, stores: stores)
    }

    @Test("has a least, which grows with blocks, volumes, packing and stores")
    func least() {
        #expect(demand().leastWritten == "129MiB")
        #expect(demand(1 << 20, 10 << 20).least <= 96 << 20)
        for larger in [
            demand(20 << 20), demand(1 << 20, 60 << 20), demand(stores: 2), demand(1 << 20, 1 << 20, best: true),
        ] {
            #expect(larger.least > demand(1 << 20, 1 << 20).least, "\(larger)")
        }
        #expect(demand(.max, .max, stores: .max).least > 0)
    }

    @Test("is refused below it, and divided above it so that more gives more to work with, and to the index")
    func division() throws {
        let demand = demand(1 << 20, 10 << 20)
        #expect(RunMemory(demand.least - 1, for: demand, processors: 8) == nil)
        var before = try #require(RunMemory(demand.least, for: demand, processors: 8))
        #expect(before.workers == 1 && before.index >= 0)
        for limit in stride(from: demand.least, through: 4 << 30, by: 16 << 20) {
            let memory = try #require(RunMemory(limit, for: demand, processors: 8))
            #expect(memory.workers >= before.workers && memory.buffers >= before.buffers)
            #expect(memory.batches >= before.batches && memory.changes >= before.changes && memory.workers <= 8)
            before = memory
        }
        #expect(before.workers == 8 && before.changes == 256 && before.index > 1 << 30)
    }
}
