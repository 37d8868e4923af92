import { createBrowserRouter } from "react-router";
import { RequireSignIn } from "./auth/require-sign-in.tsx";
import { Shell } from "./layout/shell.tsx";
import { AccessTokenPage } from "./pages/access-token.tsx";
import { AccountPage } from "./pages/account.tsx";
import { AddBookPage } from "./pages/add-book.tsx";
import { BrokenPage } from "./pages/broken.tsx";
import { HomePage } from "./pages/home.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";
import { ShelfPage } from "./pages/shelf.tsx";

export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <BrokenPage />,
    children: [
      { index: true, element: <HomePage /> },
      {
        element: <RequireSignIn />,
        children: [
          { path: "books", element: <ShelfPage /> },
          { path: "books/new", element: <AddBookPage /> },
          { path: "account", element: <AccountPage /> },
          { path: "token", element: <AccessTokenPage /> },
        ],
      },
      { path: "*", element: <NotFoundPage /> },
    ],
  },
]);
