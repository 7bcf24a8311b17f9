// SPDX-License-Identifier: Apache-2.0

/// The memory: 46 fields whose sums agree, as in /proc/meminfo.
extension SnapshotContent {
    func addMemory(to object: inout SnapshotObject) {
        let page = 4096
        let total = model.memoryBytes
        func share(_ part: Double, of bytes: Int) -> Int { Int(part * Double(bytes)) / page * page }

        let anonymous = share(
            0.18 + 0.03 * load + 0.02 * noise.smooth(0xc2_01, at: t, period: 900),
            of: total
        )
        let shared = share(0.004, of: total)
        // The cache grows after a boot.
        let warm = Double(uptime) / Double(uptime + 7200)
        let cached = share(0.04 + 0.3 * warm, of: total)
        let buffers = share(0.01 + 0.02 * warm, of: total)
        let reclaimable = share(0.01 + 0.02 * warm, of: total)
        let unreclaimable = share(0.022, of: total)
        let stacks = share(0.0006, of: total)
        let tables = share(0.0015, of: total)
        let perCPU = model.cpuCount * 3 << 20
        let used = anonymous + cached + buffers + reclaimable + unreclaimable + stacks + tables + perCPU
        let free = max(page, total - used)
        let swap = model.isAppliance ? 0 : 1 << 30
        let swapped = share(0.02, of: swap)
        let huge = (share(0.2, of: anonymous) >> 21) << 21
        let files = cached - shared + buffers

        object.add("memory_total_bytes", total)
        object.add("memory_free_bytes", free)
        object.add("memory_available_bytes", free + share(0.8, of: files + reclaimable))
        object.add("memory_buffers_bytes", buffers)
        object.add("memory_cached_bytes", cached)
        object.add("memory_swap_cached_bytes", share(0.1, of: swapped))
        object.add("memory_swap_total_bytes", swap)
        object.add("memory_swap_free_bytes", swap - swapped)
        object.add("memory_active_bytes", share(0.7, of: anonymous) + share(0.4, of: files))
        object.add("memory_inactive_bytes", share(0.3, of: anonymous) + share(0.6, of: files))
        object.add("memory_dirty_bytes", noise.whole(10...400, 0xc2_02, t) * page)
        object.add("memory_writeback_bytes", noise.unit(0xc2_03, t) < 0.1 ? 16 * page : 0)
        object.add("memory_writeback_tmp_bytes", 0)
        object.add("memory_bounce_bytes", 0)
        object.add("memory_anon_pages_bytes", anonymous)
        object.add("memory_mapped_bytes", share(0.2, of: cached))
        object.add("memory_shmem_bytes", shared)
        object.add("memory_slab_bytes", reclaimable + unreclaimable)
        object.add("memory_s_reclaimable_bytes", reclaimable)
        object.add("memory_s_unreclaim_bytes", unreclaimable)
        object.add("memory_k_reclaimable_bytes", reclaimable + 64 * page)
        object.add("memory_kernel_stack_bytes", stacks)
        object.add("memory_page_tables_bytes", tables)
        object.add("memory_secondary_page_tables_bytes", 0)
        object.add("memory_per_cpu_bytes", perCPU)
        object.add("memory_commit_limit_bytes", swap + total / 2)
        object.add("memory_committed_as_bytes", share(1.6, of: anonymous))
        object.add("memory_vmalloc_total_bytes", 34_359_738_367 << 10)
        object.add("memory_vmalloc_used_bytes", 48 << 20)
        object.add("memory_vmalloc_chunk_bytes", 0)
        object.add("memory_anon_hugepages_bytes", huge)
        object.add("memory_shmem_hugepages_bytes", 0)
        object.add("memory_shmem_pmd_mapped_bytes", 0)
        object.add("memory_hugepagesize_bytes", 2 << 20)
        for name in ["total", "free", "rsvd", "surp"] { object.add("memory_hugepages_\(name)", 0) }
        for name in ["cma", "high", "low"] {
            object.add("memory_\(name)_total_bytes", 0)
            object.add("memory_\(name)_free_bytes", 0)
        }
        object.add("memory_z_swap_bytes", share(0.2, of: swapped))
        object.add("memory_z_swapped_bytes", share(0.6, of: swapped))
    }
}
