export default function Paper() {
  return <h1>Paper</h1>;
}
