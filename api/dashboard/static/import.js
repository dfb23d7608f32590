// Begins the mapping with the columns of the chosen file; which column is what stays for people.
"use strict";

const mapping = document.getElementById("mapping");
let suggested = "";

document.getElementById("file").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file || (mapping.value.trim() && mapping.value !== suggested)) return;
  const line = (await file.slice(0, 65536).text()).replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0];
  const delimiter = [",", ";", "\t", "|"].reduce((best, mark) => (line.split(mark).length > line.split(best).length ? mark : best));
  const columns = line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const lines = ['source_system = "file"'];
  if (delimiter !== ",") lines.push(`delimiter = ${JSON.stringify(delimiter)}`);
  lines.push("", "[columns]");
  for (const column of columns) {
    const target = column.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
    lines.push(`${target || "column"} = ${JSON.stringify(column)}`);
  }
  suggested = `${lines.join("\n")}\n`;
  mapping.value = suggested;
});
