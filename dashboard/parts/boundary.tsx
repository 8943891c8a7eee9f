import { Component, type ComponentChildren } from 'preact';

interface Props {
  readonly what: string;
  readonly children: ComponentChildren;
}

/** One broken tile must not take the wall with it; and it must not look calm. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div class="broken" role="alert">
        <strong>{this.props.what} cannot be shown.</strong> Look at the bedside device.
        <button type="button" class="button" onClick={() => this.setState({ failed: false })}>
          Try again
        </button>
      </div>
    );
  }
}
