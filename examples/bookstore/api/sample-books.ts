/** What stands on the shelf before anyone adds anything. */
export const sampleBooks: readonly {
  title: string;
  author: string;
  year: number;
  blurb: string;
  staffPick: boolean;
}[] = [
  {
    title: "Middlemarch",
    author: "George Eliot",
    year: 1871,
    blurb: "A provincial town, two mistaken marriages, and the kindest narrator in English.",
    staffPick: true,
  },
  {
    title: "The Time Machine",
    author: "H. G. Wells",
    year: 1895,
    blurb: "A dinner guest arrives late, limping, and with flowers nobody can name.",
    staffPick: false,
  },
  {
    title: "Frankenstein",
    author: "Mary Shelley",
    year: 1818,
    blurb: "What we owe to what we make, told across the ice.",
    staffPick: true,
  },
  {
    title: "The Moonstone",
    author: "Wilkie Collins",
    year: 1868,
    blurb: "A stolen diamond, a rose-growing sergeant, and everyone tells it differently.",
    staffPick: false,
  },
  {
    title: "Jane Eyre",
    author: "Charlotte Brontë",
    year: 1847,
    blurb: "Poor, obscure, plain and little, and nobody's fool.",
    staffPick: false,
  },
  {
    title: "The Voyage Out",
    author: "Virginia Woolf",
    year: 1915,
    blurb: "A ship, a river, a young woman who has read everything and seen nothing.",
    staffPick: false,
  },
  {
    title: "Moby-Dick",
    author: "Herman Melville",
    year: 1851,
    blurb: "Everything there is to know about whales, and one thing too many.",
    staffPick: true,
  },
  {
    title: "My Ántonia",
    author: "Willa Cather",
    year: 1918,
    blurb: "Red grass, a plough against the sun, and a friendship that outlasts both.",
    staffPick: false,
  },
  {
    title: "North and South",
    author: "Elizabeth Gaskell",
    year: 1854,
    blurb: "Cotton, strikes, pride, and a handshake withheld.",
    staffPick: false,
  },
];
