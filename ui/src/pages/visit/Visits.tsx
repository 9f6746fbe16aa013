export default function Visits() {
  return <h1>Visits</h1>;
}
