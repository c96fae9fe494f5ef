// Keeps of Tabler's style sheet what the portal's templates use.
const portal = "../src/luzeiro/portal";
module.exports = {
  content: [`${portal}/templates/**/*.html`, `${portal}/templatetags/*.py`, `${portal}/static/js/{luzeiro,map,passkeys}.js`],
  css: ["node_modules/@tabler/core/dist/css/tabler.css"],
  safelist: ["alert-danger", "alert-success", "alert-warning", "alert-info", "is-invalid"],
  keyframes: true,
  fontFace: true,
};
