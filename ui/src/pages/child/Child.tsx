export default function Child() {
  return <h1>Child</h1>;
}
