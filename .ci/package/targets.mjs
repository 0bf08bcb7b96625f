/** THE table of packages: the editor's name of a platform, and pip's, the most widely usable first. */

/** The Pythons that a package may meet. */
export const PYTHONS = ["3.11", "3.12", "3.13", "3.14"];

/** glibc 2.28 is what the editor itself asks for. */
const manylinux = (machine) =>
  ["2_17", "2_27", "2_28"].map((glibc) => `manylinux_${glibc}_${machine}`).concat(`manylinux2014_${machine}`);

const macos = (machine) => ["11_0", "12_0", "13_0", "14_0"].map((version) => `macosx_${version}_${machine}`);

/** `required`: without it `npm run package` fails; the others are made where their wheels can be had. */
export const TARGETS = [
  { name: "linux-x64", platforms: manylinux("x86_64"), required: true },
  { name: "linux-arm64", platforms: manylinux("aarch64"), required: false },
  { name: "darwin-arm64", platforms: macos("arm64"), required: false },
];

/** The target of this machine. */
export const hostTarget = () => TARGETS.find(({ name }) => name === `${process.platform}-${process.arch}`);
