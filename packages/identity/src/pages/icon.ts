/** The mark of Hallpass: a pass with a hole for its cord. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#3b4fd8"/>
<path d="M10 6h12a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H10a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3z" fill="#fff"/>
<circle cx="16" cy="11" r="2.2" fill="#3b4fd8"/>
<path d="M11.5 19.2l3 3 6-6" fill="none" stroke="#3b4fd8" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`;
