import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const CheckIcon = () => (
  <Icon>
    <path d="m5 12.500 4.500 4.500L19 7.500" />
  </Icon>
);

export const CrossIcon = () => (
  <Icon>
    <path d="M6.500 6.500 17.500 17.500M17.500 6.500 6.500 17.500" />
  </Icon>
);

export const DashIcon = () => (
  <Icon>
    <path d="M7 12h10" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M12 4 2.800 19.500h18.400L12 4Z" />
    <path d="M12 10v4.200M12 17v.1" />
  </Icon>
);

export const CaretIcon = () => (
  <Icon>
    <path d="m6 9 6 6 6-6" />
  </Icon>
);

export const UserIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="3.800" />
    <path d="M4.500 20c1-4 4-5.700 7.500-5.700s6.500 1.700 7.500 5.700" />
  </Icon>
);

export const KeyIcon = () => (
  <Icon>
    <circle cx="8" cy="15.500" r="4" />
    <path d="m11 12.500 8.500-8.500M16 7.500l3 3" />
  </Icon>
);

export const BranchIcon = () => (
  <Icon>
    <path d="M4 20V9.500L12 4l8 5.500V20M4 20h16M9.500 20v-6h5v6" />
  </Icon>
);

export const SignOutIcon = () => (
  <Icon>
    <path d="M10 4H5v16h5M14.500 8l4 4-4 4M18 12H9.500" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);

export const BrandMark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="currentColor" />
    <g stroke="var(--on-accent)" fill="none" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
      <path d="M16 10.500C13.700 8.900 10.700 8.400 7 8.400v13.800c3.700 0 6.700.5 9 2.100 2.300-1.600 5.300-2.100 9-2.100V8.400c-3.700 0-6.700.5-9 2.100Z" />
      <path d="M16 10.500v13.600M19.300 13.600c1-.3 1.900-.5 2.900-.6M19.300 17c1-.3 1.900-.5 2.900-.6" />
    </g>
  </svg>
);
