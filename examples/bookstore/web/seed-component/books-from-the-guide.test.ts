import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const guide = `
const {getToken} = useKindeAuth();
const [books, setBooks] = useState([]);
const fetchBooks = async () => {
try {
const accessToken = await getToken();
const res = await fetch(\`https://api.myapp.com/books\`, {
headers: {
Authorization: \`Bearer \${accessToken}\`
}
});
const {data} = await res.json();
setBooks(data.books);
} catch (err) {
console.log(err);
}
};
`;

it("is the component of the guide, with only the hook and the address of the API renamed", () => {
  const source = readFileSync(new URL("./books-from-the-guide.jsx", import.meta.url), "utf8");
  const expected = guide
    .replace("useKindeAuth", "useAuth")
    .replace("`https://api.myapp.com/", "`$" + "{api}/");
  expect(tokens(source)).toContain(tokens(expected));
});

/** The text without spaces, line breaks and the commas that a formatter adds before a closing brace. */
function tokens(text: string): string {
  return text.replace(/\s+/g, "").replace(/,\}/g, "}");
}
