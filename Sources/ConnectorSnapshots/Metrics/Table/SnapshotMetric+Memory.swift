// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    /// The keys of `/proc/meminfo`, as gauges.
    static let memory: [SnapshotMetric] =
        [
            bytes("total", "Usable memory."),
            bytes("available", "Memory that new programs could get without swapping."),
            bytes("free", "Unused memory."),
            bytes("buffers", "Cache of block devices."),
            bytes("cached", "Cache of files."),
            bytes("swap_total", "Swap space."),
            bytes("swap_free", "Unused swap space."),
        ] + onDemand

    private static let onDemand: [SnapshotMetric] = [
        bytes("swap_cached", "Memory that is in swap space too.", isOnDemand: true),
        bytes("active", "Recently used memory.", isOnDemand: true),
        bytes("inactive", "Memory that was not used recently.", isOnDemand: true),
        bytes("dirty", "Memory that waits to be written.", isOnDemand: true),
        bytes("writeback", "Memory that is being written.", isOnDemand: true),
        bytes("writeback_tmp", "Buffers of FUSE.", isOnDemand: true),
        bytes("bounce", "Bounce buffers.", isOnDemand: true),
        bytes("anon_pages", "Pages of programs.", isOnDemand: true),
        bytes("mapped", "Mapped files.", isOnDemand: true),
        bytes("shmem", "Shared memory and tmpfs.", isOnDemand: true),
        bytes("slab", "Caches of the kernel.", isOnDemand: true),
        bytes("s_reclaimable", "Caches of the kernel that can be reclaimed.", isOnDemand: true),
        bytes("s_unreclaim", "Caches of the kernel that cannot be reclaimed.", isOnDemand: true),
        bytes("k_reclaimable", "Memory of the kernel that can be reclaimed.", isOnDemand: true),
        bytes("kernel_stack", "Stacks of the kernel.", isOnDemand: true),
        bytes("page_tables", "Page tables.", isOnDemand: true),
        bytes("secondary_page_tables", "Page tables of virtual machines and the IOMMU.", isOnDemand: true),
        bytes("per_cpu", "Memory of the allocator per CPU.", isOnDemand: true),
        bytes("commit_limit", "Maximum memory that may be promised.", isOnDemand: true),
        bytes("committed_as", "Promised memory.", isOnDemand: true),
        bytes("vmalloc_total", "Address space of vmalloc.", isOnDemand: true),
        bytes("vmalloc_used", "Used address space of vmalloc.", isOnDemand: true),
        bytes("vmalloc_chunk", "Largest free chunk of vmalloc.", isOnDemand: true),
        bytes("anon_hugepages", "Huge pages of programs.", isOnDemand: true),
        bytes("shmem_hugepages", "Huge pages of shared memory.", isOnDemand: true),
        bytes("shmem_pmd_mapped", "Mapped huge pages of shared memory.", isOnDemand: true),
        bytes("hugepagesize", "Size of a huge page.", isOnDemand: true),
        bytes("cma_total", "Contiguous memory area.", isOnDemand: true),
        bytes("cma_free", "Free part of the contiguous memory area.", isOnDemand: true),
        bytes("high_total", "High memory, on 32-bit systems.", isOnDemand: true),
        bytes("high_free", "Free high memory, on 32-bit systems.", isOnDemand: true),
        bytes("low_total", "Low memory, on 32-bit systems.", isOnDemand: true),
        bytes("low_free", "Free low memory, on 32-bit systems.", isOnDemand: true),
        bytes("z_swap", "Memory of zswap, compressed.", isOnDemand: true),
        bytes("z_swapped", "Memory in zswap before compression.", isOnDemand: true),
        // The name of a gauge must not end in `_total`.
        hugepages("hugepages_pool", "Huge pages in the pool.", .number("memory_hugepages_total")),
        hugepages("hugepages_free", "Free huge pages.", .number("memory_hugepages_free")),
        hugepages("hugepages_rsvd", "Reserved huge pages.", .number("memory_hugepages_rsvd")),
        hugepages("hugepages_surp", "Huge pages beyond the pool.", .number("memory_hugepages_surp")),
    ]

    private static func bytes(_ name: String, _ help: String, isOnDemand: Bool = false) -> SnapshotMetric {
        .metric(
            .gauge,
            "memory_\(name)_bytes",
            help,
            .memory,
            isOnDemand: isOnDemand,
            .number("memory_\(name)_bytes")
        )
    }

    private static func hugepages(_ name: String, _ help: String, _ reading: SnapshotReading)
        -> SnapshotMetric
    {
        .metric(.gauge, "memory_\(name)", help, .memory, isOnDemand: true, reading)
    }
}
