/** A book as the API answers it: the one thing that both halves must agree on. */
export interface Book {
  id: number;
  title: string;
  author: string;
  year: number;
  blurb: string;
  staffPick: boolean;
  /** The `sub` of whoever added it; null for the books that were here first. */
  addedBy: string | null;
  /** ISO 8601, UTC. */
  addedAt: string;
}
