// The same site by Eleventy: pages from data by pagination, Nunjucks, the templates of the others.
import { readFileSync } from "node:fs";

const facts = (name) => JSON.parse(readFileSync(`${process.env.FACTS}/${name}.json`, "utf-8"));

export default function (config) {
  const pages = facts("pages");
  config.addGlobalData("site", facts("site"));
  config.addGlobalData("pages", pages);
  config.addGlobalData("tokens", pages.filter(({ metadata }) => metadata));
  config.addGlobalData("eleventyComputed", {});
  config.setNunjucksEnvironmentOptions({ autoescape: true, trimBlocks: true, lstripBlocks: true });
  config.addNunjucksFilter("linked", (data) => JSON.stringify(data).replaceAll("<", "\\u003c").replaceAll("&", "\\u0026"));
  config.setFreezeReservedData(false);
  return { dir: { input: "input", includes: "../../templates", output: process.env.OUT } };
}
