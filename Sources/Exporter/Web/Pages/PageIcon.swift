// SPDX-License-Identifier: Apache-2.0

/// The icon of the pages.
enum PageIcon {
    static let source = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="7" fill="#b23a18"/>
        <path d="M8 22 16 9l8 13" fill="none" stroke="#fff" stroke-width="2.5"/>
        <g fill="#fff"><circle cx="16" cy="9" r="4"/><circle cx="8" cy="22" r="4"/><circle cx="24" cy="22" r="4"/></g>
        </svg>

        """
}
