// What is refused or has failed, said to a person.

import { StoreError } from "../../../io/store/error.ts";
import type { AdminContext } from "../http/route.ts";
import { plainPage } from "./plain-page.ts";
import type { PageStatus, Show } from "./show.ts";

type Answer = Response | Promise<Response>;

export interface PageProblems {
  /** Whether it is a person who asks. */
  readonly isForPeople: (context: AdminContext) => boolean;
  /** @param response what a program would be told */
  readonly refused: (context: AdminContext, response: Response) => Answer;
  readonly failed: (context: AdminContext, error: unknown) => Answer;
}

const titles: Partial<Readonly<Record<number, string>>> = {
  401: "Log in first",
  403: "Not allowed",
  404: "There is nothing here",
  405: "Not that way",
  413: "Too much at once",
  421: "Not by that name",
};

const toStart = { path: "/", words: "To the start" };

export function createPageProblems(show: Show, onError: (error: unknown) => void): PageProblems {
  return {
    isForPeople: ({ req }) => (req.header("accept") ?? "").includes("text/html"),
    async refused(context, response) {
      const { status } = response;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `problem` gave it
      const { error } = (await response.clone().json()) as { readonly error: string };
      const text =
        status === 404 ? "The address is wrong, or the page has moved." : sentence(error);
      const page = plainPage(titles[status] ?? "This did not work", text, toStart);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it answers a browser as before
      return show(context, page, status as PageStatus);
    },
    failed(context, error) {
      if (error instanceof StoreError) {
        return show(context, plainPage("The store does not answer", sentence(error.message)), 503);
      }
      onError(error);
      const text = "It was a fault of the program. The server’s log says which.";
      return show(context, plainPage("This failed here", text, toStart), 500);
    },
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
